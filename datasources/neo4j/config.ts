import { literal, object, text, url, whole, type Parsed } from '../../src/config/kinds.js';
import { engine, entities, resilience, timeouts } from '../../src/config/source.js';

const PROTOCOLS = ['bolt', 'bolt+s', 'bolt+ssc', 'neo4j', 'neo4j+s', 'neo4j+ssc'];

export const neo4jConfig = object({
  engine: engine('neo4j'),
  kind: literal('GRAPH').default('GRAPH').describe('What the source is read as.'),
  url: url(PROTOCOLS, 'neo4j://user:password@host:7687').describe(
    'Where it is: `neo4j://user:password@host:7687`, with `+s` behind the protocol for TLS. Keep it out of the file by `${NAME}` or `file:/path`.',
  ),
  database: text().optional().describe('Name of the database; without it the home database of the user.'),
  sample: whole(1, 10_000_000, 'nodes or relationships')
    .default(10_000)
    .describe('So many of each label and of each relationship type are looked at for the types of their properties.'),
  pool: whole(1, 1000, 'connections').default(10).describe('Connections at most.'),
  timeouts: timeouts(),
  ...resilience(),
  ...entities(),
});

export type Neo4jConfig = Parsed<typeof neo4jConfig>;
