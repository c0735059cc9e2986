import { elasticsearch } from './harness/elasticsearch.js';
import { conformance } from './suite.js';

conformance(elasticsearch);
