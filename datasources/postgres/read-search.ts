import type { Postgres } from '../../src/postgres/types.js';
import type { EntityShape, FieldShape, Problem, SourceShape } from '../../src/store/shape.js';
import type { NativeEntity, NativeField, NativeSearch } from './native.js';

export interface SearchReading {
  readonly kind: 'SEARCH';
  readonly language: string;
  /** What is said of single entities, by name or id. */
  readonly entities: Readonly<Record<string, SearchSettings>>;
}

export interface SearchSettings {
  readonly fields?: Readonly<Record<string, NonNullable<NativeSearch['weight']>>> | undefined;
  readonly language?: string | undefined;
}

/** What the database has for searches: extensions, text search configurations, and columns of vectors. */
const ABILITIES = `
select 'extension', n.nspname, e.extname, null, null from pg_extension e join pg_namespace n on n.oid = e.extnamespace
where e.extname in ('pg_trgm', 'vector')
union all
select 'config', n.nspname, c.cfgname, null, null from pg_ts_config c join pg_namespace n on n.oid = c.cfgnamespace
union all
select 'vector', n.nspname, c.relname, a.attname, a.atttypmod::text
from pg_extension e join pg_type t on t.typnamespace = e.extnamespace and t.typname = 'vector'
join pg_attribute a on a.atttypid = t.oid and not a.attisdropped
join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
where e.extname = 'vector'`;

interface Abilities {
  /** Schema of an extension; null where the database does not have it. */
  extension(name: string): string | null;
  config(language: string): readonly [string, string] | null;
  /** Dimensions of a column of vectors; null where it has none, undefined where it is no vector. */
  dimensions(native: NativeEntity, column: string): number | null | undefined;
}

/** Texts become searchable, and columns of pgvector vectors. */
export async function searchable(
  shape: SourceShape,
  reading: SearchReading,
  postgres: Postgres,
  signal: AbortSignal,
): Promise<SourceShape> {
  const [result] = await postgres.page([{ text: ABILITIES, values: [] }], { signal });
  const abilities = abilitiesOf(result!.rows);
  const problems: Problem[] = [...shape.problems];
  const entities = shape.entities.map((entity) => searchedEntity(entity, reading, abilities, problems));
  return { entities, problems };
}

function abilitiesOf(rows: readonly (readonly (string | null)[])[]): Abilities {
  const find = (kind: string, fits: (row: readonly (string | null)[]) => boolean) =>
    rows.find((row) => row[0] === kind && fits(row));
  return {
    extension: (name) => find('extension', (row) => row[2] === name)?.[1] ?? null,
    config: (language) => {
      const [schema, name] = language.includes('.') ? language.split('.') : [null, language];
      const of = (home: string | null) => find('config', (row) => row[2] === name && (home ?? row[1]) === row[1]);
      const found = schema === null ? (of('pg_catalog') ?? of(null)) : of(schema);
      return found ? [found[1]!, found[2]!] : null;
    },
    dimensions: ({ schema, table }, column) => {
      const found = find('vector', (row) => row[1] === schema && row[2] === table && row[3] === column);
      return found && (Number(found[4]) > 0 ? Number(found[4]) : null);
    },
  };
}

function searchedEntity(
  entity: EntityShape,
  { entities, language }: SearchReading,
  abilities: Abilities,
  problems: Problem[],
): EntityShape {
  const settings = entities[entity.name] ?? entities[entity.id] ?? {};
  const name = settings.language ?? language;
  const config = abilities.config(name);
  if (!config) {
    problems.push({
      subject: entity.id,
      message: `not searchable: the server has no text search configuration ${name}`,
    });
  }
  for (const wanted of Object.keys(settings.fields ?? {})) {
    if (!entity.fields.some((field) => field.name === wanted && isSearchable(field)))
      problems.push({ subject: `${entity.id}.${wanted}`, message: 'not searchable: it is no column of text' });
  }
  const fields = entity.fields.map((field): FieldShape => {
    const native = field.native as NativeField;
    const dimensions = abilities.dimensions(entity.native as NativeEntity, native.column);
    if (dimensions !== undefined) {
      const vectors = abilities.extension('vector')!;
      const described = dimensions === null ? null : `Of ${dimensions} numbers.`;
      return {
        ...field,
        type: { kind: 'vector', dimensions },
        description: described,
        native: { ...native, opaque: false, vectors },
      };
    }
    const weight = settings.fields?.[field.name] ?? null;
    if (!config || !isSearchable(field) || (settings.fields && weight === null)) return field;
    const isVector = native.type === 'tsvector';
    const search: NativeSearch = { isVector, config, weight, trigrams: abilities.extension('pg_trgm') };
    return { ...field, search: true, native: { ...native, search } };
  });
  return { ...entity, fields };
}

function isSearchable({ type, native }: FieldShape): boolean {
  return type.kind === 'text' || (native as NativeField).type === 'tsvector';
}
