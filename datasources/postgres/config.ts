import { list, literal, object, postgresUrl, text, whole, type Parsed } from '../../src/config/kinds.js';
import { engine, entities, timeouts } from '../../src/config/source.js';

export const postgresConfig = object({
  engine: engine('postgres'),
  kind: literal('RELATIONAL').default('RELATIONAL').describe('What the source is read as.'),
  url: postgresUrl().describe(
    'Where it is: `postgres://user:password@host:5432/database`. Keep it out of the file by `${NAME}` or `file:/path`.',
  ),
  schemas: list(text())
    .min(1, { error: 'a list of at least one schema' })
    .default(['public'])
    .describe(
      'PostgreSQL schemas to read. Tables of the first keep their names, the others are called `<schema>_<table>`.',
    ),
  pool: whole(1, 1000, 'connections').default(10).describe('Connections at most.'),
  timeouts: timeouts(),
  ...entities(),
});

export type PostgresConfig = Parsed<typeof postgresConfig>;

/** The source of a database of which nothing is known but where it is. */
export function postgresSource(url: string): PostgresConfig {
  return postgresConfig.parse({ engine: 'postgres', url });
}
