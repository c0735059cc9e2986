import { mongodbPipelines } from './harness/mongodb.js';
import { conformance } from './suite.js';

conformance(mongodbPipelines);
