import { z } from 'zod';
import { duration, flag, list, map, mapBy, object, oneOf, postgresUrl, text, whole } from './kinds.js';

const JSON_TYPES = ['text', 'bool', 'int', 'bigint', 'float', 'decimal', 'json'] as const;
/** Names that GraphQL can hold; `__` is what joins them, and `isNull` is a condition. */
const JSON_NAME = String.raw`(?!isNull(?:\.|$))(?!__)[A-Za-z_](?:(?!__)\w)*`;
const JSON_PATH = new RegExp(String.raw`^${JSON_NAME}(?:\.${JSON_NAME})*$`);

/** The YAML file. Every leaf is described here; docs/configuration.md and docs/config.schema.json are made from it. */
const entity = object({
  rename: text().optional().describe('Name of the entity in the schema, instead of its own.'),
  key: list(text())
    .min(1, { error: 'a list of at least one field' })
    .optional()
    .describe('Native names of the fields that identify a row: for views, which have no primary key.'),
  exclude: list(text()).optional().describe('Native names of fields that stay out of the schema.'),
  fields: map(
    object({
      rename: text().optional().describe('Name of the field in the schema.'),
      json: mapBy(JSON_PATH, 'names joined by dots, such as "user.id"', oneOf(JSON_TYPES))
        .optional()
        .describe(
          'Of a json column: what its objects hold, by dotted path, so that it can be filtered, ordered, grouped and measured. A value of another type counts as null.',
        ),
    }),
  )
    .optional()
    .describe('By native name of the field.'),
  relations: map(text()).optional().describe('New names of relations, by the name that they would have.'),
});

const postgres = object({
  engine: z.literal('postgres').describe('The engine: `postgres`.'),
  kind: z
    .literal('RELATIONAL', { error: '"RELATIONAL"' })
    .default('RELATIONAL')
    .describe('What the source is read as.'),
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
  timeouts: object({
    connect: duration().prefault('5s').describe('For a connection to be there.'),
    read: duration().prefault('30s').describe('For a query to answer; the store is told to cancel it then.'),
  })
    .prefault({})
    .describe('Durations: `250ms`, `5s`, `2m`.'),
  include: list(text())
    .optional()
    .describe('Only entities whose name matches one of these; `*` stands for any characters.'),
  exclude: list(text()).optional().describe('No entity whose name matches one of these.'),
  entities: map(entity).optional().describe('What is said of single entities, by native name.'),
});

/** One schema per engine; the key `engine` chooses. */
const source = z.discriminatedUnion('engine', [postgres], {
  error: (issue) =>
    typeof issue.input === 'object' && issue.input !== null ? '"postgres"' : 'an object with an engine',
});

const side = () =>
  text('a source and an entity, such as "shop.order"').regex(/^[^.]+\.[^.]+$/, {
    error: 'a source and an entity, such as "shop.order"',
  });
const pair = object({
  from: text().describe('Field of the side `from`.'),
  to: text().describe('Field of the side `to`.'),
});
const on = z
  .union([map(text()), list(pair).min(1)], { error: 'fields as { field: other field } or a list of { from, to }' })
  .transform((joined) => (Array.isArray(joined) ? joined : Object.entries(joined).map(([from, to]) => ({ from, to }))))
  .refine((pairs) => pairs.length > 0, { error: 'at least one pair of fields' });

const relation = object({
  from: side().describe('The entity that gets the field `as`, as `source.entity`.'),
  to: side().describe('The entity that it leads to, of the same source.'),
  on: on.describe('Fields that must be equal: `{ field: other field }`, or a list of `{ from, to }`.'),
  as: text().describe('Name of the relation.'),
  reverse: text().optional().describe('Name of the relation back, on the other entity.'),
  many: flag().optional().describe('Whether it leads to many; without it the keys of `to` decide.'),
});

const limits = object({
  pageSize: whole(1, 1_000_000, 'rows').default(50).describe('Rows of a list without `first`.'),
  maxPageSize: whole(1, 1_000_000, 'rows').default(1000).describe('The most that `first` may ask for.'),
  depth: whole(1, 1000, 'levels').default(12).describe('Levels of fields in an operation.'),
  aliases: whole(0, 100_000, 'aliases').default(100).describe('Aliases in an operation.'),
  rootFields: whole(1, 100_000, 'fields')
    .default(50)
    .describe('Root fields in an operation, those below a source included.'),
  documentBytes: whole(1, 100_000_000, 'bytes').default(100_000).describe('Size of the text of a document.'),
  bodyBytes: whole(1, 1_000_000_000, 'bytes').default(5_000_000).describe('Size of the body of a request.'),
  rowBudget: whole(1, 100_000_000, 'rows')
    .default(100_000)
    .describe('Rows that the gateway takes from a store to do what the store cannot.'),
  pathDepth: whole(0, 2, 'steps')
    .default(1)
    .describe('To-one relations that a path of group keys may take; each step makes the schema larger.'),
  request: duration().prefault('60s').describe('Deadline of an operation.'),
  queue: whole(1, 1_000_000, 'operations')
    .default(1000)
    .describe('Operations that may wait for a connection of a source; more are answered OVERLOADED.'),
  planCacheBytes: whole(0, 10_000_000_000, 'bytes')
    .default(64_000_000)
    .describe('Size of the cache of compiled operations; 0 keeps none.'),
  introspectionCacheBytes: whole(0, 10_000_000_000, 'bytes')
    .default(16_000_000)
    .describe('Compressed size of the answers to introspection that are kept; 0 keeps none.'),
});

const http = object({
  host: text().default('127.0.0.1').describe('Address to listen on; `0.0.0.0` opens it to the network.'),
  port: whole(0, 65_535, 'port').default(4000).describe('Port to listen on; 0 takes a free one.'),
  cors: object({
    origins: list(text())
      .default([])
      .describe(
        'Origins of pages that may call from a browser, such as `https://app.example.org`; `*` stands for all.',
      ),
  })
    .prefault({})
    .describe('Pages of other origins are refused unless named here.'),
  drain: duration().prefault('10s').describe('How long a stopping gateway waits for operations at work.'),
});

const log = object({
  level: oneOf(['debug', 'info', 'warn', 'error'])
    .optional()
    .describe(
      'What is logged: `debug` adds the text of native queries to `info`, which has a line for each operation. Without it `info`, and `warn` where the gateway writes to a terminal.',
    ),
  slow: duration()
    .prefault('1s')
    .describe('An operation that takes longer is logged at `warn`, with its document and what it reads.'),
});

export const configFile = object({
  sources: map(source).optional().describe('The stores, by the name of their root field.'),
  relations: list(relation).default([]).describe('Relations that no foreign key tells of.'),
  limits: limits.prefault({}).describe('What an operation may cost.'),
  http: http.prefault({}).describe('Where and to whom the gateway answers.'),
  log: log.prefault({}).describe('What the gateway tells of its work, on standard error.'),
  storage: object({
    path: text()
      .default('.trainyard')
      .describe('The data folder; relative to the folder that the gateway was started in.'),
  })
    .prefault({})
    .describe('Where the gateway keeps what is its own.'),
  catalog: object({
    url: postgresUrl().optional().describe("A PostgreSQL for the gateway's own records, instead of the embedded one."),
  })
    .prefault({})
    .describe("The gateway's own records."),
});

export type ConfigFile = z.output<typeof configFile>;
export type SourceConfig = z.output<typeof source>;
export type PostgresConfig = z.output<typeof postgres>;
export type Limits = z.output<typeof limits>;
export type HttpConfig = z.output<typeof http>;
export type RelationConfig = z.output<typeof relation>;

/** The source of a database of which nothing is known but where it is. */
export function postgresSource(url: string): PostgresConfig {
  return postgres.parse({ engine: 'postgres', url });
}
