import { neo4j } from './harness/neo4j.js';
import { conformance } from './suite.js';

conformance(neo4j);
