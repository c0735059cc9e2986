import { MongoServerError, type Db } from 'mongodb';
import type { DataType } from '../../src/ir/types.js';
import type { FieldShape, Problem } from '../../src/store/shape.js';
import { isPlain, type NativeField, type TextIndex, type VectorIndex } from './native.js';

type Document = Readonly<Record<string, unknown>>;

/** What a collection's indexes are good for. */
export interface Indexes {
  /** Fields of unique indexes that hold for every document. */
  readonly unique: readonly string[][];
  /** Fields with a 2dsphere index of all documents: what is there is a place, or the store had refused it. */
  readonly spheres: readonly string[];
  /** The weights of the text index by path; `$**` stands for all text. */
  readonly text: Readonly<Record<string, number>> | null;
  /** Indexes of vectors by field. */
  readonly vectors: ReadonlyMap<string, VectorIndex & { readonly dimensions: number | null }>;
  readonly problems: readonly string[];
}

export const NO_INDEXES: Indexes = { unique: [], spheres: [], text: null, vectors: new Map(), problems: [] };

export async function indexesOf(db: Db, name: string, searches: SearchIndexes): Promise<Indexes> {
  const indexes = await db.collection(name).listIndexes({ raw: false }).toArray();
  return { ...told(indexes as readonly Document[]), vectors: vectorsOf(await searches.of(name)) };
}

/** What `listIndexes` says. */
export function told(indexes: readonly Document[]): Omit<Indexes, 'vectors'> {
  const keys = (index: Document): [string, unknown][] => Object.entries(index.key as Document);
  const unique = indexes
    .filter((index) => index.unique === true && !index.sparse && !index.partialFilterExpression)
    .map((index) => keys(index).map(([name]) => name));
  const whole = indexes.filter(({ partialFilterExpression }) => !partialFilterExpression);
  const spheres = whole.flatMap((index) => keys(index).flatMap(([name, of]) => (of === '2dsphere' ? [name] : [])));
  const text = indexes.find((index) => keys(index).some(([, of]) => of === 'text'));
  if (!text) return { unique, spheres, text: null, problems: [] };
  const reason = unusable(text, keys(text)[0]![1] === 'text');
  if (reason) return { unique, spheres, text: null, problems: [`its text index is not used: ${reason}`] };
  return { unique, spheres, text: weightsOf(text, keys(text)), problems: [] };
}

function unusable(index: Document, leads: boolean): string | null {
  if (!leads) return 'it asks for a value of other fields in every search';
  if (index.partialFilterExpression) return 'it has only some of the documents';
  return index.hidden === true ? 'it is hidden' : null;
}

/** A server keeps the fields as weights, and a key of its own for them all. */
function weightsOf({ weights }: Document, keys: readonly (readonly [string, unknown])[]): Record<string, number> {
  const named = keys.filter(([name, of]) => of === 'text' && name !== '_fts').map(([name]) => [name, 1] as const);
  const given = Object.entries((weights ?? {}) as Document).map(([name, weight]) => [name, Number(weight)] as const);
  return Object.fromEntries([...named, ...given]);
}

/** What `$listSearchIndexes` says: `fields` are vectors, and what can be asked beside them. */
export function vectorsOf(indexes: readonly Document[]): Indexes['vectors'] {
  const usable = indexes.filter(({ type, queryable }) => type === 'vectorSearch' && queryable !== false);
  return new Map(
    usable.flatMap(({ name, latestDefinition }) => {
      const fields = ((latestDefinition as Document | undefined)?.fields ?? []) as readonly Document[];
      const filters = fields.filter(({ type }) => type === 'filter').map(({ path }) => String(path));
      return fields
        .filter(({ type, path }) => type === 'vector' && isPlain(String(path)))
        .map(({ path, numDimensions }) => {
          const dimensions = numDimensions === undefined ? null : Number(numDimensions);
          return [String(path), { name: String(name), filters, dimensions }] as const;
        });
    }),
  );
}

/** Search indexes of collections; a server that knows none is asked once. */
export class SearchIndexes {
  private known = true;

  constructor(
    private readonly db: Db,
    private readonly signal: AbortSignal,
  ) {}

  async of(collection: string): Promise<readonly Document[]> {
    if (!this.known) return [];
    try {
      const cursor = this.db.collection(collection).aggregate([{ $listSearchIndexes: {} }], { signal: this.signal });
      return await cursor.toArray();
    } catch (error) {
      if (!(error instanceof MongoServerError)) throw error;
      // One that this user may not ask of says nothing of the others.
      this.known = error.code === 13;
      return [];
    }
  }
}

const TEXTUAL: ReadonlySet<DataType['kind']> = new Set(['text', 'struct', 'list', 'json']);

/** The fields with what indexes know of them; a search of a field finds what stands inside it too. */
export function withIndexes(
  fields: readonly FieldShape[],
  { spheres, text, vectors }: Indexes,
): { readonly fields: readonly FieldShape[]; readonly problem: string | null } {
  const index = text === null ? null : textIndex(fields, text);
  const hidden = index?.find(({ field }) => !fields.some(({ name }) => name === field));
  const usable = hidden ? null : index;
  return {
    problem: hidden
      ? `its text index is not used: neither its validator nor a document that was looked at has ${hidden.field}`
      : null,
    fields: fields.map((field) => {
      const vector = vectors.get(field.name);
      const searched = usable?.some((each) => each.field === field.name) ?? false;
      const native: NativeField = {
        ...(field.native as NativeField),
        ...(spheres.includes(field.name) && field.type.kind === 'geopoint' ? { sphere: true } : {}),
        ...(searched ? { text: usable! } : {}),
        ...(vector ? { vector: { name: vector.name, filters: vector.filters } } : {}),
      };
      return {
        ...field,
        ...(searched ? { search: true } : {}),
        ...(vector ? { type: { kind: 'vector', dimensions: vector.dimensions } as const } : {}),
        native,
      };
    }),
  };
}

/** Of what is inside of objects, the field that holds them. */
function textIndex(fields: readonly FieldShape[], weights: Readonly<Record<string, number>>): TextIndex {
  const { '$**': rest, ...named } = weights;
  const all = rest === undefined ? [] : fields.filter(({ type }) => TEXTUAL.has(type.kind)).map(({ name }) => name);
  const of = new Map<string, number>(all.map((name) => [name, rest!]));
  for (const [path, weight] of Object.entries(named)) of.set(path.split('.')[0]!, weight);
  return [...of].map(([field, weight]) => ({ field, weight }));
}

export function problemsOf(subject: string, messages: readonly (string | null)[]): Problem[] {
  return messages.flatMap((message) => (message === null ? [] : [{ subject, message }]));
}
