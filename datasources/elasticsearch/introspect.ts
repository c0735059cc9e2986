import type { EntityShape, FieldShape, Problem, SourceShape } from '../../src/store/shape.js';
import { mappedField, merged, DOCUMENT_ID, type Mapping, type Seen } from './mapping.js';
import type { NativeEntity } from './native.js';
import type { SearchAnswer, SearchBody } from './searches.js';

/** How introspection asks. */
export interface Asking {
  get<T extends object>(path: string, signal: AbortSignal, query?: Record<string, unknown>): Promise<T>;
  search(index: string, body: SearchBody, signal: AbortSignal): Promise<SearchAnswer>;
}

export interface IntrospectOptions {
  readonly indices: readonly string[];
  readonly sample: number;
  readonly lists: (entity: string, path: string) => boolean | undefined;
}

interface Resolved {
  readonly indices: readonly {
    readonly name: string;
    readonly attributes?: readonly string[];
    readonly data_stream?: string;
  }[];
  readonly aliases: readonly { readonly name: string; readonly indices: readonly string[] }[];
  readonly data_streams: readonly { readonly name: string }[];
}

type Mappings = Readonly<
  Record<
    string,
    {
      readonly mappings: {
        readonly properties?: Readonly<Record<string, Mapping>>;
        readonly runtime?: Readonly<Record<string, Mapping>>;
      };
    }
  >
>;

interface Target {
  readonly name: string;
  readonly what: 'index' | 'alias' | 'data stream';
}

/** Whatever of the patterns is open and not the system's own. */
export async function introspect(
  asking: Asking,
  options: IntrospectOptions,
  signal: AbortSignal,
): Promise<SourceShape> {
  const targets = await targetsOf(asking, options.indices, signal);
  const found = await Promise.all(targets.map((target) => entityOf(target, asking, options, signal)));
  const missing = options.indices
    .filter(
      (pattern) => !pattern.includes('*') && !pattern.startsWith('-') && !targets.some(({ name }) => name === pattern),
    )
    .map((pattern): Problem => ({
      subject: pattern,
      message: 'there is no such open index, alias or data stream, or the user may not see it',
    }));
  return {
    entities: found.flatMap(({ entity }) => (entity ? [entity] : [])),
    problems: [...missing, ...found.flatMap(({ problems }) => problems)],
  };
}

async function targetsOf(asking: Asking, patterns: readonly string[], signal: AbortSignal): Promise<Target[]> {
  const path = `/_resolve/index/${patterns.map(encodeURIComponent).join(',')}`;
  const query = { expand_wildcards: 'open', ignore_unavailable: true, allow_no_indices: true };
  const resolved = await asking.get<Resolved>(path, signal, query);
  const seen = new Set<string>();
  const shown = (name: string): boolean => !name.startsWith('.') && !seen.has(name) && seen.add(name).size > 0;
  return [
    ...resolved.indices
      .filter(
        ({ name, attributes = [], data_stream }) =>
          !data_stream && !attributes.some((each) => each === 'hidden' || each === 'system') && shown(name),
      )
      .map(({ name }): Target => ({ name, what: 'index' })),
    ...resolved.aliases.filter(({ name }) => shown(name)).map(({ name }): Target => ({ name, what: 'alias' })),
    ...resolved.data_streams
      .filter(({ name }) => shown(name))
      .map(({ name }): Target => ({ name, what: 'data stream' })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function entityOf(
  { name, what }: Target,
  asking: Asking,
  options: IntrospectOptions,
  signal: AbortSignal,
): Promise<{ readonly entity: EntityShape | null; readonly problems: readonly Problem[] }> {
  const mappings = await asking.get<Mappings>(`/${encodeURIComponent(name)}/_mapping`, signal);
  const { properties, mixed } = merged(
    Object.values(mappings).map(({ mappings: one }) => ({ ...one.properties, ...one.runtime })),
  );
  const { sources, cut, total } = await looked(name, properties, asking, options.sample, signal);
  const seen: Seen = {
    isList: (path) => options.lists(name, path) ?? sources.some((source) => holdsList(source, path.split('.'))),
    isCut: (path) => cut.has(path),
  };
  const problems: Problem[] = mixed.map((path) => ({
    subject: `${name}.${path}`,
    message: 'left out: the indices behind this name map it to different types',
  }));
  const fields = Object.entries(properties).flatMap(([field, mapping]): FieldShape[] => {
    const target = mapping.type === 'alias' ? at(properties, mapping.path!.split('.')) : mapping;
    const made = target
      ? mappedField(mapping.type === 'alias' ? mapping.path! : field, target, seen)
      : { problem: 'left out: an alias to nothing' };
    if ('problem' in made) {
      problems.push({ subject: `${name}.${field}`, message: made.problem });
      return [];
    }
    const notes = [made.note, listNote(made.type.kind === 'list', options.lists(name, field), sources.length)];
    const description = notes.filter((note) => note !== null).join('\n\n');
    const search = made.native.text === null ? {} : { search: true };
    const { type, native } = made;
    return [{ ...search, name: field, type, nullable: true, description: description || null, native }];
  });
  const id: FieldShape = {
    name: '_id',
    type: { kind: 'id' },
    nullable: false,
    description: "The document's identifier.",
    native: DOCUMENT_ID,
  };
  const entity: EntityShape = {
    ...{
      name,
      id: name,
      kind: 'INDEX',
      description: what === 'index' ? null : `${what === 'alias' ? 'An alias' : 'A data stream'} of the store.`,
    },
    ...{ fields: [id, ...fields], key: ['_id'], unique: [], references: [], estimatedRows: total },
    native: { index: name } satisfies NativeEntity,
  };
  return { entity, problems };
}

/** A list may be a list because somebody said so, or because one was seen. */
function listNote(isList: boolean, said: boolean | undefined, looked: number): string | null {
  if (said !== undefined || !isList) return null;
  return `A list, as some of ${looked} documents that were looked at show; an empty one is null.`;
}

/** Some documents, which keywords have values that were too long, and how many documents there are. */
async function looked(
  name: string,
  properties: Readonly<Record<string, Mapping>>,
  asking: Asking,
  size: number,
  signal: AbortSignal,
): Promise<{ readonly sources: readonly unknown[]; readonly cut: ReadonlySet<string>; readonly total: number }> {
  const limited = limitedKeywords(properties);
  const filters = Object.fromEntries(limited.map((path, i) => [`f${i}`, { term: { _ignored: path } }]));
  const aggs = limited.length > 0 ? { aggs: { cut: { filters: { filters } } } } : {};
  const body = { size, _source: true, sort: ['_doc'], track_total_hits: true, ...aggs };
  const { hits, aggregations } = await asking.search(name, body, signal);
  const counted =
    (aggregations as { cut?: { buckets: Record<string, { doc_count: number }> } } | undefined)?.cut?.buckets ?? {};
  return {
    sources: hits.hits.map(({ _source }) => _source ?? {}),
    cut: new Set(limited.filter((_, i) => (counted[`f${i}`]?.doc_count ?? 0) > 0)),
    total: hits.total!.value,
  };
}

function limitedKeywords(properties: Readonly<Record<string, Mapping>>, above = ''): string[] {
  return Object.entries(properties).flatMap(([name, { ignore_above, fields = {}, properties: inner = {} }]) => [
    ...(ignore_above === undefined ? [] : [`${above}${name}`]),
    ...limitedKeywords(fields, `${above}${name}.`),
    ...limitedKeywords(inner, `${above}${name}.`),
  ]);
}

function at(properties: Readonly<Record<string, Mapping>>, [name, ...rest]: readonly string[]): Mapping | undefined {
  const found = name !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return found && rest.length > 0 ? at(found.properties ?? {}, rest) : found;
}

/** Whether an array stands at the end of a way into a source; elements of arrays on the way are looked at each. */
function holdsList(source: unknown, way: readonly string[]): boolean {
  if (Array.isArray(source)) return way.length === 0 || source.some((each) => holdsList(each, way));
  if (typeof source !== 'object' || source === null) return false;
  return way.some((_, i) => {
    const name = way.slice(0, i + 1).join('.');
    return (
      Object.hasOwn(source, name) && holdsList((source as Readonly<Record<string, unknown>>)[name], way.slice(i + 1))
    );
  });
}
