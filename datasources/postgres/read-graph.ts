import type { EdgeEnd, EntityShape, Problem, ReferenceShape, SourceShape } from '../../src/store/shape.js';

export interface GraphReading {
  readonly kind: 'GRAPH';
  /** null: every table that is two foreign keys and what hangs on them. */
  readonly edges: readonly EdgeSettings[] | null;
}

export interface EdgeSettings {
  readonly entity: string;
  readonly type?: string | undefined;
  readonly from?: EndSettings | undefined;
  readonly to?: EndSettings | undefined;
}

export interface EndSettings {
  readonly fields: readonly string[];
  readonly to: string;
}

/** Rows of some tables become edges between the rows that they lead to. */
export function connected(shape: SourceShape, { edges }: GraphReading): SourceShape {
  const problems: Problem[] = [...shape.problems];
  const named = new Map<EntityShape, EdgeSettings>();
  for (const settings of edges ?? []) {
    const entity = find(shape, settings.entity);
    if (entity) named.set(entity, settings);
    else problems.push({ subject: `edge ${settings.entity}`, message: 'left out: there is no such entity' });
  }
  const entities = shape.entities.map((entity): EntityShape => {
    const settings = edges ? named.get(entity) : isJunction(entity) ? { entity: entity.name } : undefined;
    if (!settings) return entity;
    const found = edgeOf(entity, settings, shape);
    if (typeof found !== 'string') return { ...entity, edge: found };
    problems.push({ subject: entity.id, message: `its rows are no edges: ${found}` });
    return entity;
  });
  return { entities, problems };
}

function find({ entities }: SourceShape, name: string): EntityShape | undefined {
  return entities.find((each) => each.name === name) ?? entities.find((each) => each.id === name);
}

/** Two foreign keys, and a key that is made of them: whatever else it has is what the edge is like. */
function isJunction({ references, key }: EntityShape): boolean {
  if (references.length !== 2 || !key) return false;
  const columns = references.flatMap(({ fields }) => fields);
  return new Set(columns).size === columns.length && columns.every((name) => key.includes(name));
}

/** The edge, or why there is none. */
function edgeOf(
  entity: EntityShape,
  { type, from, to }: EdgeSettings,
  shape: SourceShape,
): NonNullable<EntityShape['edge']> | string {
  const places = new Map(entity.fields.map(({ name }, i) => [name, i]));
  const first = ({ fields }: ReferenceShape): number => Math.min(...fields.map((name) => places.get(name) ?? 0));
  const references = entity.references.toSorted((a, b) => first(a) - first(b));
  if ((!from || !to) && references.length !== 2)
    return 'it has not two foreign keys: the config must say `from` and `to`';
  const [start, end] = [from ?? references[0]!, to ?? references[1]!].map((side) => endOf(entity, side, shape));
  if (typeof start !== 'object') return start!;
  if (typeof end !== 'object') return end!;
  return { type: type ?? entity.name.toUpperCase(), from: start, to: end };
}

function endOf(entity: EntityShape, side: EndSettings | ReferenceShape, shape: SourceShape): EdgeEnd | string {
  if ('toFields' in side) return { fields: side.fields, to: side.to, toFields: side.toFields };
  const node = find(shape, side.to);
  if (!node) return `there is no entity ${side.to}`;
  const missing = side.fields.find((name) => !entity.fields.some((field) => field.name === name));
  if (missing !== undefined) return `it has no field ${missing}`;
  if (node.key?.length !== side.fields.length) return `${side.to} has no key of ${side.fields.length} fields`;
  return { fields: side.fields, to: node.id, toFields: node.key };
}
