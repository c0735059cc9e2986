import {
  duration,
  flag,
  list,
  literal,
  object,
  oneOf,
  size,
  text,
  whole,
  type Parsed,
} from '../../src/config/kinds.js';
import { engine, entities } from '../../src/config/source.js';

const OF_ENTITIES = {
  files: list(text())
    .min(1, { error: 'a list of at least one file or glob' })
    .optional()
    .describe('Files or globs below the path of the source that make up the entity, such as `sales/*/*.parquet`.'),
  format: oneOf(['PARQUET', 'CSV', 'NDJSON', 'JSON'])
    .optional()
    .describe('How its files are read, where their names do not say it. Files of one JSON array are `JSON`.'),
  csv: object({
    delimiter: text().optional().describe('What separates values; found out by default.'),
    quote: text().optional().describe('What quotes values; found out by default.'),
    header: flag().optional().describe('Whether the first line has the names of the columns; found out by default.'),
    nulls: list(text()).optional().describe('Texts that stand for null, beside nothing at all.'),
  })
    .optional()
    .describe('Of CSV files.'),
};

const OF_FIELDS = {
  type: text()
    .optional()
    .describe("DuckDB's type of the field, instead of the one that was found: `DATE`, `DECIMAL(12,2)`, `VARCHAR`."),
};

export const duckdbConfig = object({
  engine: engine('duckdb'),
  kind: literal('FILES').default('FILES').describe('What the source is read as.'),
  path: text().describe(
    'The folder that the files are in, or a glob of files. Relative paths start where the gateway was started. Nothing else can be read.',
  ),
  memory: size()
    .default('1GB')
    .describe('Memory that the engine takes at most, before it writes to its temporary folder.'),
  temporary: text().optional().describe('Folder for what does not fit into memory; without it that is an error.'),
  threads: whole(1, 256, 'threads').default(2).describe('Threads of the engine.'),
  concurrency: whole(1, 100, 'queries').default(4).describe('Queries at the same time; more of them wait.'),
  timeouts: object({
    read: duration().prefault('30s').describe('For a query to answer; it is cancelled then.'),
  })
    .prefault({})
    .describe('Durations: `250ms`, `5s`, `2m`.'),
  ...entities(OF_ENTITIES, OF_FIELDS),
});

export type DuckdbConfig = Parsed<typeof duckdbConfig>;
