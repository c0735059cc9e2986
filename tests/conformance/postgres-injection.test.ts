import { postgres } from './harness/postgres.js';
import { injection } from './injection.js';

injection(postgres);
