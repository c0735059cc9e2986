import { describeWith } from '../servers/describe-with.js';
import { mysql } from './harness/mysql.js';
import { conformance } from './suite.js';

describeWith('mariadb', 'on a real server', (server) => conformance(mysql(server)));
