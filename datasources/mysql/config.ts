import { literal, object, oneOf, url, whole, type Parsed } from '../../src/config/kinds.js';
import { engine, entities, resilience, timeouts } from '../../src/config/source.js';

export const mysqlConfig = object({
  engine: engine('mysql'),
  kind: literal('RELATIONAL').default('RELATIONAL').describe('What the source is read as.'),
  url: url(['mysql', 'mariadb'], 'mysql://user:password@host:3306/database').describe(
    'Where it is: `mysql://user:password@host:3306/database`. Keep it out of the file by `${NAME}` or `file:/path`.',
  ),
  tls: oneOf(['OFF', 'ON', 'UNVERIFIED'])
    .default('OFF')
    .describe('Whether the connection is encrypted: `ON` checks the certificate of the server, `UNVERIFIED` does not.'),
  pool: whole(1, 1000, 'connections').default(10).describe('Connections for pages at most; streams have four more.'),
  timeouts: timeouts(),
  ...resilience(),
  ...entities(),
});

export type MysqlConfig = Parsed<typeof mysqlConfig>;
