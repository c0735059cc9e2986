import type { DataType } from '../../src/ir/types.js';
import type { EntityShape, FieldShape, Problem, SourceShape } from '../../src/store/shape.js';
import { propertyType, type Indexed, type Seen } from './introspect-types.js';
import type { NativeEntity, NativeField } from './native.js';
import { quote } from './cypher.js';

/** Runs a query of introspection: rows by the names of their columns. */
export type Ask = (
  text: string,
  parameters: Readonly<Record<string, unknown>>,
) => Promise<readonly Readonly<Record<string, unknown>>[]>;

const ID: FieldShape = {
  name: '_id',
  type: { kind: 'id' },
  nullable: false,
  description: "The store's own id (elementId). It can be given to another once this one is deleted.",
  native: { kind: 'id' },
};

const END = (name: '_from' | '_to', description: string): FieldShape => ({
  ...ID,
  name,
  description,
  native: { kind: name.slice(1) },
});

/** Labels with their nodes' properties, and relationship types between each two labels with theirs. */
export async function introspect(ask: Ask, sample: number): Promise<SourceShape> {
  const problems: Problem[] = [];
  const unique = await uniqueSets(ask);
  const indexes = await searchIndexes(ask);
  const labels = (await ask('CALL db.labels() YIELD label RETURN label ORDER BY label', {})).map((r) =>
    String(r.label),
  );
  const nodes: EntityShape[] = [];
  for (const label of labels) {
    const [counted] = await ask(`MATCH (n:${quote(label)}) RETURN count(n) AS count`, {});
    if (counted?.count === 0n) continue;
    const seen = await seenIn(ask, `(n:${quote(label)})`, sample);
    const indexed = indexes.get(label) ?? new Map<string, Indexed>();
    const sets = unique.filter((each) => each.label === label).map(({ properties }) => properties);
    nodes.push(nodeShape(label, seen, indexed, sets, Number(counted?.count), problems));
  }
  const ends = await edgeEnds(ask, sample);
  const edges: EntityShape[] = [];
  for (const each of ends) {
    const seen = await seenIn(ask, `(:${quote(each.start)})-[n:${quote(each.type)}]->(:${quote(each.end)})`, sample);
    const single = ends.filter(({ type }) => type === each.type).length === 1 && !labels.includes(each.type);
    edges.push(edgeShape(each, single ? each.type : `${each.type}_${each.start}_${each.end}`, seen, problems));
  }
  return { entities: [...nodes, ...edges], problems };
}

interface Ends {
  readonly type: string;
  readonly start: string;
  readonly end: string;
}

/** Between which labels each type of relationship goes, as far as the sample shows. */
async function edgeEnds(ask: Ask, sample: number): Promise<readonly Ends[]> {
  const types = await ask('CALL db.relationshipTypes() YIELD relationshipType AS type RETURN type ORDER BY type', {});
  const found: Ends[] = [];
  for (const { type } of types) {
    const rows = await ask(
      `MATCH (a)-[r:${quote(String(type))}]->(b) WITH a, b LIMIT $sample UNWIND labels(a) AS start UNWIND labels(b) AS end RETURN DISTINCT start, end ORDER BY start, end`,
      { sample: BigInt(sample) },
    );
    for (const { start, end } of rows) found.push({ type: String(type), start: String(start), end: String(end) });
  }
  return found;
}

async function seenIn(ask: Ask, pattern: string, sample: number): Promise<readonly Seen[]> {
  const rows = await ask(
    `MATCH ${pattern} WITH n LIMIT $sample WITH collect(n) AS found WITH found, size(found) AS looked \
UNWIND found AS n UNWIND keys(n) AS property \
WITH looked, property, valueType(n[property]) AS type, count(*) AS times, head(collect(n[property])) AS example \
RETURN property, collect({type: type, example: example}) AS types, sum(times) AS times, looked ORDER BY property`,
    { sample: BigInt(sample) },
  );
  return rows.map((row) => ({
    property: String(row.property),
    types: row.types as Seen['types'],
    always: row.times === row.looked,
  }));
}

async function uniqueSets(
  ask: Ask,
): Promise<readonly { readonly label: string; readonly properties: readonly string[] }[]> {
  const rows = await ask(
    `SHOW CONSTRAINTS YIELD name, type, labelsOrTypes, properties WHERE type IN ['UNIQUENESS', 'NODE_KEY', 'NODE_PROPERTY_UNIQUENESS'] RETURN type, labelsOrTypes, properties ORDER BY name`,
    {},
  );
  return rows
    .map((row) => ({
      label: String((row.labelsOrTypes as readonly unknown[])[0]),
      properties: row.properties as readonly string[],
    }))
    .sort((a, b) => a.properties.length - b.properties.length);
}

/** Indexes for texts and vectors, by label and property. */
async function searchIndexes(ask: Ask): Promise<ReadonlyMap<string, ReadonlyMap<string, Indexed>>> {
  const rows = await ask(
    `SHOW INDEXES YIELD name, type, entityType, labelsOrTypes, properties, options, state \
WHERE type IN ['FULLTEXT', 'VECTOR'] AND entityType = 'NODE' AND state = 'ONLINE' \
RETURN name, type, labelsOrTypes, properties, options.indexConfig['vector.similarity_function'] AS similarity, \
options.indexConfig['vector.dimensions'] AS dimensions ORDER BY name`,
    {},
  );
  const found = new Map<string, Map<string, Indexed>>();
  for (const { name, type, labelsOrTypes, properties, similarity, dimensions } of rows) {
    for (const label of labelsOrTypes as readonly string[]) {
      const ofLabel = found.get(label) ?? new Map<string, Indexed>();
      found.set(label, ofLabel);
      for (const property of properties as readonly string[]) {
        const { fulltext, vector } = ofLabel.get(property) ?? { fulltext: [], vector: null };
        const index = String(name);
        const own = {
          index,
          similarity: String(similarity).toLowerCase() === 'euclidean' ? 'euclidean' : 'cosine',
          dimensions: typeof dimensions === 'bigint' ? Number(dimensions) : null,
        } as const;
        ofLabel.set(
          property,
          type === 'FULLTEXT' ? { fulltext: [...fulltext, index], vector } : { fulltext, vector: vector ?? own },
        );
      }
    }
  }
  return found;
}

function isVector(type: DataType): boolean {
  return type.kind === 'list' && (type.of.kind === 'float' || type.of.kind === 'int');
}

function nodeShape(
  label: string,
  seen: readonly Seen[],
  indexed: ReadonlyMap<string, Indexed>,
  unique: readonly (readonly string[])[],
  count: number,
  problems: Problem[],
): EntityShape {
  const fields = [ID, ...fieldsOf(label, seen, [ID.name], problems, indexed)];
  // Where some of the nodes have no value a constraint keeps only the others apart.
  const key = unique.find((set) => set.every((p) => fields.some((f) => f.name === p && !f.nullable)));
  const native: NativeEntity = { kind: 'node', label, unique };
  return {
    name: label,
    id: label,
    kind: 'LABEL',
    description: null,
    fields,
    key: key ?? [ID.name],
    unique: [...unique.filter((set) => set !== key), ...(key ? [[ID.name]] : [])],
    references: [],
    estimatedRows: count,
    native,
  };
}

function edgeShape({ type, start, end }: Ends, name: string, seen: readonly Seen[], problems: Problem[]): EntityShape {
  const own = [
    ID,
    END('_from', 'Id of the node that the relationship starts at.'),
    END('_to', 'Id of the node that the relationship ends at.'),
  ];
  const native: NativeEntity = { kind: 'edge', type, start, end };
  return {
    name,
    id: `(:${start})-[:${type}]->(:${end})`,
    kind: 'RELATIONSHIP',
    description: null,
    fields: [
      ...own,
      ...fieldsOf(
        name,
        seen,
        own.map((f) => f.name),
        problems,
      ),
    ],
    key: [ID.name],
    unique: [],
    references: [],
    edge: {
      type,
      from: { fields: ['_from'], to: start, toFields: [ID.name] },
      to: { fields: ['_to'], to: end, toFields: [ID.name] },
    },
    estimatedRows: null,
    native,
  };
}

function fieldsOf(
  entity: string,
  seen: readonly Seen[],
  taken: readonly string[],
  problems: Problem[],
  indexed: ReadonlyMap<string, Indexed> = new Map(),
): readonly FieldShape[] {
  return seen.flatMap(({ property, types, always }) => {
    const subject = `${entity}.${property}`;
    if (taken.includes(property)) {
      problems.push({ subject, message: 'left out: its name is taken by a field of the gateway' });
      return [];
    }
    const { type, whole, note } = propertyType(types);
    if (note !== null) problems.push({ subject, message: note });
    const index = indexed.get(property);
    const search = index !== undefined && index.fulltext.length > 0 && type.kind === 'text';
    const vector = isVector(type) ? (index?.vector ?? null) : null;
    const native: NativeField = {
      kind: 'property',
      property,
      whole: whole && vector === null,
      ...(search ? { fulltext: index.fulltext } : {}),
      ...(vector ? { vector: { index: vector.index, similarity: vector.similarity } } : {}),
    };
    const shown: DataType = vector ? { kind: 'vector', dimensions: vector.dimensions } : type;
    return [
      {
        ...(search ? { search: true } : {}),
        name: property,
        type: shown,
        nullable: !always,
        description: null,
        native,
      },
    ];
  });
}
