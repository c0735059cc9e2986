import { BSON, type CollectionInfo, type Db } from 'mongodb';
import type { EntityShape, FieldShape, Problem, SourceShape } from '../../src/store/shape.js';
import { indexesOf, NO_INDEXES, problemsOf, SearchIndexes, withIndexes } from './indexes.js';
import { inferFields, type Inferred } from './infer.js';
import type { NativeEntity, NativeField } from './native.js';
import { validated, type Validated } from './validator.js';

/** Collections and views; what a validator does not say of their fields is inferred from a sample of documents. */
export async function introspect(db: Db, sample: number, signal: AbortSignal): Promise<SourceShape> {
  const listed = await db.listCollections({}, { authorizedCollections: true, raw: false, signal }).toArray();
  const found = listed
    .filter(({ name }) => !name.startsWith('system.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1)) as CollectionInfo[];
  const entities: EntityShape[] = [];
  const problems: Problem[] = [];
  const searches = new SearchIndexes(db, signal);
  for (const info of found) {
    signal.throwIfAborted();
    const count = await countOf(db, info, signal);
    const documents = await sampled(db, info, count, sample, signal);
    const indexes = isCollection(info) ? await indexesOf(db, info.name, searches) : NO_INDEXES;
    const entity = entityOf(info, documents, indexes.unique);
    if (entity.fields.length === 0) {
      problems.push({ subject: info.name, message: 'left out: it has no documents to tell its fields' });
      continue;
    }
    const { fields, problem } = withIndexes(entity.fields, indexes);
    entities.push({ ...entity, fields, estimatedRows: count });
    problems.push(...problemsOf(info.name, [...indexes.problems, problem]));
  }
  return { entities, problems };
}

type Document = Readonly<Record<string, unknown>>;

/**
 * All documents where they are few; else random ones, and the first and the last: what came lately is in no small sample of
 * a large collection.
 */
async function sampled(
  db: Db,
  { name }: CollectionInfo,
  count: number | null,
  size: number,
  signal: AbortSignal,
): Promise<Document[]> {
  const collection = db.collection(name);
  const ends = Math.ceil(size / 10);
  const documents: Uint8Array[] = [];
  const pipelines =
    count !== null && count > size
      ? [[{ $sort: { _id: 1 } }, { $limit: ends }], [{ $sort: { _id: -1 } }, { $limit: ends }], [{ $sample: { size } }]]
      : [[{ $limit: size }]];
  for (const pipeline of pipelines) {
    documents.push(...(await collection.aggregate<Uint8Array>(pipeline, { raw: true, signal }).toArray()));
  }
  return documents.map((each) => BSON.deserialize(each, { promoteValues: false }) as Document);
}

function entityOf(info: CollectionInfo, documents: readonly Document[], unique: readonly string[][]): EntityShape {
  const { name, type, options } = info as CollectionInfo & { readonly options?: Document };
  const told = validated(options ?? {});
  const fields = fieldsOf(told, inferFields(documents));
  const keyed = isCollection(info) && fields.some((field) => field.name === '_id');
  const native: NativeEntity = { collection: name };
  return {
    name,
    id: name,
    kind: type === 'view' ? 'VIEW' : 'COLLECTION',
    description: told.description,
    fields: fields.map((field) => (keyed && field.name === '_id' ? { ...field, nullable: false } : field)),
    key: keyed ? ['_id'] : null,
    unique: unique.filter((names) => names.every((each) => fields.some((field) => field.name === each))),
    references: [],
    estimatedRows: null,
    native,
  };
}

/** The validator's fields first, then what else the sample had. */
function fieldsOf(told: Validated, inferred: readonly Inferred[]): FieldShape[] {
  const seen = new Map(inferred.map((each) => [each.name, each]));
  const names = [...new Set([...told.fields.keys(), ...seen.keys()])].sort(
    (a, b) => Number(b === '_id') - Number(a === '_id'),
  );
  return names.map((name) => {
    const [said, found] = [told.fields.get(name), seen.get(name)];
    const type = said?.type ?? found?.type ?? { kind: 'json' };
    const note = said?.type ? null : (found?.note ?? null);
    const description = [said?.description, note].filter((each) => each != null).join(' ');
    // What identifies a document has one type in any sensible collection, and never is an array.
    const native: NativeField = { name, sure: said?.sure === true || (name === '_id' && type.kind !== 'json') };
    return {
      name,
      type,
      nullable: said?.nullable ?? true,
      description: description === '' ? null : description,
      native,
    };
  });
}

/** Views and time series have no indexes of their own to speak of. */
function isCollection({ type }: CollectionInfo): boolean {
  return type !== 'view' && type !== 'timeseries';
}

async function countOf(db: Db, { name, type }: CollectionInfo, signal: AbortSignal): Promise<number | null> {
  signal.throwIfAborted();
  return type === 'view' ? null : db.collection(name).estimatedDocumentCount();
}
