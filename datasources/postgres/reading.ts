import type { Postgres } from '../../src/postgres/types.js';
import type { SourceShape } from '../../src/store/shape.js';
import type { PostgresConfig } from './config.js';
import { collected, type DocumentReading } from './read-document.js';
import { connected, type GraphReading } from './read-graph.js';
import { searchable, type SearchReading } from './read-search.js';

/** What the tables of a source are read as. */
export type Reading = { readonly kind: 'RELATIONAL' } | SearchReading | GraphReading | DocumentReading;

export function readingOf({ kind, language, edges, sample, entities = {} }: PostgresConfig): Reading {
  switch (kind) {
    case 'RELATIONAL':
      return { kind };
    case 'SEARCH':
      return { kind, language, entities: settingsOf(entities, ({ search }) => search) };
    case 'DOCUMENT':
      return { kind, sample, columns: settingsOf(entities, ({ document }) => document) };
    case 'GRAPH':
      return { kind, edges: edges ?? null };
  }
}

/** What is said of single entities, by their native name. */
function settingsOf<Entity, Setting>(
  entities: Readonly<Record<string, Entity>>,
  of: (entity: Entity) => Setting | undefined,
): Readonly<Record<string, Setting>> {
  return Object.fromEntries(
    Object.entries(entities).flatMap(([name, each]) => {
      const setting = of(each);
      return setting === undefined ? [] : [[name, setting]];
    }),
  );
}

export async function readAs(
  shape: SourceShape,
  reading: Reading,
  postgres: Postgres,
  signal: AbortSignal,
): Promise<SourceShape> {
  switch (reading.kind) {
    case 'RELATIONAL':
      return shape;
    case 'SEARCH':
      return searchable(shape, reading, postgres, signal);
    case 'DOCUMENT':
      return collected(shape, reading, postgres, signal);
    case 'GRAPH':
      return connected(shape, reading);
  }
}
