import { z } from 'zod';
import { SOURCE_CONFIGS } from '../../datasources/configs.js';
import { duration, flag, list, map, object, oneOf, postgresUrl, size, text, whole } from './kinds.js';

/** The engines that there are, as a message lists them. */
const ENGINE_NAMES = SOURCE_CONFIGS.map(({ shape }) => JSON.stringify(shape.engine.value)).join(', ');

/** The YAML file. Every leaf is described here and in the engines' own `config.ts`; docs/configuration.md and docs/config.schema.json are made from it. */

/** One schema per engine; the key `engine` chooses. */
const source = z.discriminatedUnion('engine', SOURCE_CONFIGS, {
  error: (issue) => (isObject(issue.input) ? ENGINE_NAMES : 'an object with an engine'),
});

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

const side = () =>
  text('a source and an entity, such as "shop.order"').regex(/^[^.]+\.[^.]+$/, {
    error: 'a source and an entity, such as "shop.order"',
  });
const pair = object({
  from: text().describe('Field of the side `from`.'),
  to: text().describe('Field of the side `to`.'),
  normalise: list(oneOf(['TRIM', 'LOWER']))
    .optional()
    .describe(
      'What becomes of text on both sides before it is compared: `TRIM` takes white space from both ends, `LOWER` makes small letters.',
    ),
  cast: oneOf(['DATE']).optional().describe('`DATE`: points in time are compared by their day.'),
  zone: text().optional().describe('Of `cast`: the IANA zone of that day, where points in time have one.'),
});
const on = z
  .union([map(text()), list(pair).min(1)], { error: 'fields as { field: other field } or a list of { from, to }' })
  .transform((joined) => (Array.isArray(joined) ? joined : Object.entries(joined).map(([from, to]) => ({ from, to }))))
  .refine((pairs) => pairs.length > 0, { error: 'at least one pair of fields' });

const relation = object({
  from: side().describe('The entity that gets the field `as`, as `source.entity`.'),
  to: side().describe('The entity that it leads to, of the same source or of another.'),
  on: on.describe(
    'Fields that must be equal: `{ field: other field }`, or a list of `{ from, to }` with `normalise`, `cast`, `zone`.',
  ),
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
  semiJoinKeys: whole(1, 10_000_000, 'keys')
    .default(50_000)
    .describe('Join values that a filter through a relation to another source may move.'),
  computeMemory: size()
    .default('512MB')
    .describe(
      'Memory for what the gateway does for stores that cannot; what needs more is written to the data folder.',
    ),
  computeDisk: size()
    .default('10GB')
    .describe('The most that is written there for one stream or, together, for pages; more is BUDGET_EXCEEDED.'),
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
export type Limits = z.output<typeof limits>;
export type HttpConfig = z.output<typeof http>;
export type RelationConfig = z.output<typeof relation>;
