import { describeWith } from '../servers/describe-with.js';
import { elasticsearch } from './harness/elasticsearch.js';
import { conformance } from './suite.js';

describeWith('elasticsearch', 'over a server', (server) => conformance(elasticsearch(() => server().url)));
