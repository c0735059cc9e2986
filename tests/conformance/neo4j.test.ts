import { describeWith } from '../servers/describe-with.js';
import { neo4j } from './harness/neo4j.js';
import { conformance } from './suite.js';

describeWith('neo4j', 'on a real server', (server) => conformance(neo4j(server)));
