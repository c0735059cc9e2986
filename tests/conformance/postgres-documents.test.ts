import { conformance } from './suite.js';
import { postgresDocuments } from './harness/postgres-documents.js';

conformance(postgresDocuments);
