import { FLOAT64, INT64, TEXT, type DataType } from '../../src/ir/types.js';
import type { Postgres } from '../../src/postgres/types.js';
import type { EntityShape, FieldShape, Problem, SourceShape } from '../../src/store/shape.js';
import { inferFields, type Inferred, type Values } from '../documents/infer.js';
import { compile, identifier, keyword, sql } from '../sql/fragment.js';
import { POSTGRES_DIALECT } from './dialect.js';
import { castOf } from './json-member.js';
import type { NativeEntity, NativeField } from './native.js';

export interface DocumentReading {
  readonly kind: 'DOCUMENT';
  /** Documents of each table that are looked at. */
  readonly sample: number;
  /** The column that has the documents, by the entity's name or id. */
  readonly columns: Readonly<Record<string, string>>;
}

/** Tables of jsonb become collections: what their documents hold is inferred from some of them. */
export async function collected(
  shape: SourceShape,
  { sample, columns }: DocumentReading,
  postgres: Postgres,
  signal: AbortSignal,
): Promise<SourceShape> {
  const problems: Problem[] = [...shape.problems];
  const entities: EntityShape[] = [];
  for (const entity of shape.entities) {
    const named = columns[entity.name] ?? columns[entity.id];
    const document = named === undefined ? onlyDocument(entity) : entity.fields.find(({ name }) => name === named);
    if (named !== undefined && !(document && isJsonb(document))) {
      problems.push({ subject: `${entity.id}.${named}`, message: 'read as a table: it is no column of jsonb' });
      entities.push(entity);
    } else if (!document) entities.push(entity);
    else {
      const texts = await sampled(entity, document.name, sample, postgres, signal);
      const inferred = inferFields(texts.flatMap(parsed), JSON_VALUES);
      if (inferred.length > 0) entities.push(collectionOf(entity, document, inferred));
      else {
        problems.push({ subject: entity.id, message: 'read as a table: it has no documents to tell their fields' });
        entities.push(entity);
      }
    }
  }
  return { entities, problems };
}

function isJsonb({ native }: FieldShape): boolean {
  return (native as NativeField).type === 'jsonb';
}

/** A column of jsonb beside which there is nothing but the key. */
function onlyDocument({ fields, key }: EntityShape): FieldShape | undefined {
  const [document, ...more] = fields.filter(({ name }) => !key?.includes(name));
  return document && more.length === 0 && isJsonb(document) ? document : undefined;
}

/** The first documents, and of a large table some from anywhere. */
async function sampled(
  { native, kind, estimatedRows }: EntityShape,
  column: string,
  most: number,
  postgres: Postgres,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { schema, table } = native as NativeEntity;
  const share = estimatedRows && kind === 'TABLE' && estimatedRows > most ? (200 * most) / estimatedRows : 100;
  const anywhere = share < 100 ? sql` tablesample system (${keyword(share.toFixed(6))})` : sql``;
  const from = (rest: typeof anywhere) =>
    sql`(select ${identifier(column)}::text from ${identifier(schema, table)}${rest} where jsonb_typeof(${identifier(column)}) = 'object' limit ${keyword(String(most))})`;
  const { text } = compile(
    share < 100 ? sql`${from(sql``)} union all ${from(anywhere)}` : from(sql``),
    POSTGRES_DIALECT,
  );
  const [result] = await postgres.page([{ text, values: [] }], { signal });
  return result!.rows.map(([document]) => document!);
}

/** Numbers that are written as whole ones are big integers. */
function parsed(text: string): Readonly<Record<string, unknown>>[] {
  const value = JSON.parse(text, (_name, each: unknown, context?: { readonly source?: string }) => {
    const source = context?.source ?? '';
    return typeof each === 'number' && /^-?\d+$/.test(source) ? BigInt(source) : each;
  }) as Readonly<Record<string, unknown>>;
  return [value];
}

const JSON_VALUES: Values = {
  kindOf: (value) => {
    if (value === null || value === undefined) return 'null';
    if (Array.isArray(value)) return 'array';
    if (typeof value !== 'bigint') return typeof value;
    return BigInt.asIntN(64, value) === value ? 'whole number' : 'large number';
  },
  types: {
    string: TEXT,
    boolean: { kind: 'bool' },
    'whole number': INT64,
    number: FLOAT64,
    'large number': { kind: 'decimal', precision: null, scale: null },
  },
  widening: ['whole number', 'number', 'large number'],
  points: false,
};

/** A table as a collection of documents that have these members. */
export function collectionOf(entity: EntityShape, document: FieldShape, inferred: readonly Inferred[]): EntityShape {
  const beside = entity.fields.filter((field) => field !== document);
  const taken = new Set(beside.map(({ name }) => name));
  const members = inferred.map(({ name, type, note }) => {
    const column = taken.has(name) ? `${document.name}_${name}` : name;
    taken.add(column);
    return { column, member: name, type, note };
  });
  const native: NativeEntity = {
    ...(entity.native as NativeEntity),
    leads: [],
    document: {
      column: document.name,
      beside: beside.map(({ name }) => name),
      members: members.map(({ column, member, type }) => ({ column, member, type })),
    },
  };
  const fields = members.map(({ column, type, note }): FieldShape => ({
    name: column,
    type,
    nullable: true,
    description: note,
    native: nativeOf(column, type),
  }));
  return { ...entity, kind: 'COLLECTION', fields: [...beside, ...fields], native };
}

function nativeOf(column: string, type: DataType): NativeField {
  return {
    column,
    type: castOf(type),
    nullable: true,
    loose: false,
    binary: false,
    collation: null,
    opaque: false,
    wrapped: null,
  };
}
