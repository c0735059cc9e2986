import { list, map, object, oneOf, postgresUrl, text, whole, type Parsed } from '../../src/config/kinds.js';
import { engine, entities, resilience, timeouts } from '../../src/config/source.js';

const LANGUAGE = /^\w+(?:\.\w+)?$/;
const language = () =>
  text('the name of a text search configuration, such as "english"').regex(LANGUAGE, {
    error: 'the name of a text search configuration, such as "english"',
  });

const OF_ENTITIES = {
  document: text()
    .optional()
    .describe(
      'Of kind DOCUMENT: the column of jsonb that has the documents. Without it the only one beside the key, where there is nothing else.',
    ),
  search: object({
    fields: map(oneOf(['A', 'B', 'C', 'D']))
      .optional()
      .describe(
        'Columns of text, or of tsvector, that are searched, and what a hit in each weighs: `A` most, `D` least. Without it all of them, as `D`.',
      ),
    language: language().optional().describe('Another text search configuration than that of the source.'),
  })
    .optional()
    .describe('Of kind SEARCH: what of the entity is searched.'),
};

const end = () =>
  object({
    fields: list(text()).min(1, { error: 'a list of at least one field' }).describe('Native names of its fields.'),
    to: text().describe('The entity whose key they are.'),
  }).optional();

const edge = object({
  entity: text().describe('The entity whose rows are edges.'),
  type: text().optional().describe('What the edges are called; by default the name of the entity in capitals.'),
  from: end().describe('Where an edge begins; by default its first foreign key.'),
  to: end().describe('Where it ends; by default its second foreign key.'),
});

export const postgresConfig = object({
  engine: engine('postgres'),
  kind: oneOf(['RELATIONAL', 'DOCUMENT', 'GRAPH', 'SEARCH'])
    .default('RELATIONAL')
    .describe(
      'What the source is read as: tables, columns of jsonb as collections of documents (DOCUMENT), tables that are nodes and edges (GRAPH), or tables whose texts can be searched (SEARCH).',
    ),
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
  ...resilience(),
  sample: whole(1, 100_000, 'documents')
    .default(1_000)
    .describe('Of kind DOCUMENT: documents of each table that are read to infer their fields.'),
  language: language()
    .default('simple')
    .describe('Of kind SEARCH: the text search configuration of the server that makes words of texts.'),
  edges: list(edge)
    .optional()
    .describe('Of kind GRAPH: the edges. Without it every table whose key is made of its two foreign keys.'),
  ...entities(OF_ENTITIES),
});

export type PostgresConfig = Parsed<typeof postgresConfig>;

/** The source of a database of which nothing is known but where it is. */
export function postgresSource(url: string): PostgresConfig {
  return postgresConfig.parse({ engine: 'postgres', url });
}
