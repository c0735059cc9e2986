import type { Entity, JoinPair, Relation } from '../ir/entity.js';
import type { EdgeEnd, EdgeShape, Problem, ReferenceShape } from '../store/shape.js';
import { compareText, leftOut, type DraftedEntity } from './model.js';
import { DERIVED_SUFFIXES, legalName, withoutId } from './names.js';

/** A relation of the config inside one source: fields by their names in the schema. */
export interface DeclaredRelation {
  readonly from: string;
  readonly to: string;
  readonly on: readonly { readonly from: string; readonly to: string }[];
  readonly as: string;
  readonly reverse?: string | undefined;
  readonly many?: boolean | undefined;
}

/** A foreign key whose two sides are in the schema. */
interface Link {
  readonly from: DraftedEntity;
  readonly to: DraftedEntity;
  readonly reference: ReferenceShape;
  readonly pairs: readonly JoinPair[];
}

/** Finds the relations of all entities from foreign keys and the config, in both directions, by the rule of names. */
export function relate(
  drafts: ReadonlyMap<string, DraftedEntity>,
  declared: readonly DeclaredRelation[],
  problems: Problem[],
): void {
  const links = [...drafts.values()].flatMap((from) => linksOf(from, drafts));
  for (const link of links) addToOne(link, links, problems);
  declare(drafts, declared, problems);
  const incoming = groupBy(links, (link) => link.to);
  for (const [to, some] of incoming) for (const link of some) addReverse(to, link, some, problems);
  for (const each of drafts.values()) addFarSides(each, links, problems);
  for (const each of drafts.values()) if (each.shape.edge) addEdge(each, each.shape.edge, drafts, problems);
  for (const each of drafts.values()) inOrder(each.entity.relations);
}

/** Those that lead to one first, as they come after the columns in the schema. */
function inOrder(relations: Map<string, Relation>): void {
  const found = [...relations].sort(([, a], [, b]) => Number(a.many) - Number(b.many));
  relations.clear();
  for (const [name, relation] of found) relations.set(name, relation);
}

function linksOf(from: DraftedEntity, drafts: ReadonlyMap<string, DraftedEntity>): Link[] {
  // In the order of their columns: the first of them takes a name that several could have.
  const places = new Map(from.shape.fields.map((field, i) => [field.name, i]));
  const first = ({ fields }: ReferenceShape): number => Math.min(...fields.map((name) => places.get(name) ?? 0));
  const references = from.shape.references.toSorted((a, b) => first(a) - first(b) || compareText(a.name, b.name));
  return references.flatMap((reference) => {
    const to = drafts.get(reference.to);
    if (!to) return [];
    const pairs = reference.fields.map((field, i) => {
      const near = from.byNative.get(field);
      const far = to.byNative.get(reference.toFields[i]!);
      return near && far ? { from: near, to: far } : null;
    });
    return pairs.every((p) => p !== null) ? [{ from, to, reference, pairs }] : [];
  });
}

function addToOne(link: Link, links: readonly Link[], problems: Problem[]): void {
  const { from, to, reference, pairs } = link;
  const columns = pairs.map((pair) => pair.from.name);
  const single = singleOf(link, links);
  const bare = single === null ? null : withoutId(single);
  const candidates =
    columns.length === 1
      ? [...(bare === null ? [] : [bare]), `${columns[0]!}_${to.entity.entity}`]
      : [
          ...(bare === null ? [] : [bare]),
          ...(isMadeUp(reference) ? [to.entity.entity] : []),
          legalName(reference.name),
        ];
  add(from, candidates, problems, reference.name, (name) => ({
    name,
    from: from.entity,
    to: to.entity,
    many: false,
    on: pairs,
    through: null,
    description: reference.enforced ? null : 'The store does not promise that the other side exists.',
  }));
}

/** The column that names the link: its only one, or of a name that the store made up the only one that no other link has. */
function singleOf({ from, pairs, reference }: Link, links: readonly Link[]): string | null {
  const columns = pairs.map((pair) => pair.from.name);
  if (columns.length === 1) return columns[0]!;
  if (!isMadeUp(reference)) return null;
  const others = links.filter((link) => link.from === from && link.reference !== reference);
  const elsewhere = new Set(others.flatMap((link) => link.pairs.map((pair) => pair.from.name)));
  const own = columns.filter((column) => !elsewhere.has(column));
  return own.length === 1 ? own[0]! : null;
}

/** `order_line_order_id_fkey`, which nobody chose. */
function isMadeUp({ name }: ReferenceShape): boolean {
  return /_fkey\d*$/.test(name);
}

function addReverse(to: DraftedEntity, link: Link, siblings: readonly Link[], problems: Problem[]): void {
  const { from, reference, pairs } = link;
  const child = from.entity.entity;
  // Of rows of one table, its own name would not say which of the two they are.
  const only = from !== to && siblings.filter((s) => s.from === from).length === 1;
  const columns = pairs.map((pair) => pair.from.name);
  const by = `${child}_by_${columns.length > 1 && !isMadeUp(reference) ? legalName(reference.name) : columns.join('_')}`;
  add(to, only ? [child, by] : [by], problems, `${from.shape.id}.${reference.name}`, (name) => ({
    name,
    from: to.entity,
    to: from.entity,
    many: !isUnique(
      from.entity,
      pairs.map((p) => p.from.name),
    ),
    on: pairs.map((p) => ({ from: p.to, to: p.from })),
    through: null,
    description: null,
  }));
}

/** A junction's key is its two foreign keys and nothing else: each side then also has the far side. */
function addFarSides(junction: DraftedEntity, links: readonly Link[], problems: Problem[]): void {
  const own = links.filter((link) => link.from === junction);
  if (own.length !== 2) return;
  const [a, b] = own as [Link, Link];
  const columns = [...a.pairs, ...b.pairs].map((p) => p.from.name);
  if (new Set(columns).size !== columns.length || !sameSet(columns, junction.entity.key ?? [])) return;
  for (const [near, far] of [
    [a, b],
    [b, a],
  ] as const) {
    const name = far.to.entity.entity;
    const candidates = [name, `${name}_by_${junction.entity.entity}`, `${name}_by_${far.pairs[0]!.from.name}`];
    add(near.to, candidates, problems, `${junction.shape.id} (junction)`, (as) => ({
      name: as,
      from: near.to.entity,
      to: far.to.entity,
      many: true,
      on: near.pairs.map((p) => ({ from: p.to, to: p.from })),
      through: { entity: junction.entity, on: far.pairs },
      description: null,
    }));
  }
}

/** An edge is followed both ways: by its type, and `<type>_in`; its row has `_start` and `_end`. */
function addEdge(
  edge: DraftedEntity,
  { type, from, to }: EdgeShape,
  drafts: ReadonlyMap<string, DraftedEntity>,
  problems: Problem[],
): void {
  const [start, end] = [from, to].map((side) => endOf(edge, side, drafts));
  if (!start || !end) return;
  const name = legalName(type);
  const back = (pairs: readonly JoinPair[]): JoinPair[] => pairs.map((p) => ({ from: p.to, to: p.from }));
  const ways = [
    { near: start, far: end, direction: 'OUT', names: [name, edge.entity.entity] },
    { near: end, far: start, direction: 'IN', names: [`${name}_in`, `${edge.entity.entity}_in`] },
  ] as const;
  for (const { near, far, direction, names } of ways) {
    add(near.node, names, problems, edge.shape.id, (as) => ({
      name: as,
      from: near.node.entity,
      to: far.node.entity,
      many: true,
      on: back(near.pairs),
      through: { entity: edge.entity, on: far.pairs },
      description: `Over edges ${type}${direction === 'OUT' ? '' : ', against their direction'}.`,
      edge: { type, direction },
    }));
  }
  for (const [as, { node, pairs }] of [['_start', start] as const, ['_end', end] as const]) {
    add(edge, [as], problems, edge.shape.id, (taken) => ({
      name: taken,
      from: edge.entity,
      to: node.entity,
      many: false,
      on: pairs,
      through: null,
      description: null,
    }));
  }
}

/** The entity at an end of an edge, and the pairs that lead to it; null when something of it is not in the schema. */
function endOf(
  edge: DraftedEntity,
  { fields, to, toFields }: EdgeEnd,
  drafts: ReadonlyMap<string, DraftedEntity>,
): { readonly node: DraftedEntity; readonly pairs: readonly JoinPair[] } | null {
  const node = drafts.get(to);
  if (!node) return null;
  const pairs = fields.map((field, i) => {
    const near = edge.byNative.get(field);
    const far = node.byNative.get(toFields[i]!);
    return near && far ? { from: near, to: far } : null;
  });
  return pairs.every((p) => p !== null) ? { node, pairs } : null;
}

function declare(
  drafts: ReadonlyMap<string, DraftedEntity>,
  declared: readonly DeclaredRelation[],
  problems: Problem[],
): void {
  const byName = new Map([...drafts.values()].map((d) => [d.entity.entity, d]));
  for (const each of declared) {
    const subject = `relation ${each.from} → ${each.to}`;
    const from = byName.get(each.from);
    const to = byName.get(each.to);
    const pairs = each.on.map((pair) => {
      const near = from?.entity.fields.get(pair.from);
      const far = to?.entity.fields.get(pair.to);
      return near && far ? { from: near, to: far } : null;
    });
    if (!from || !to || !pairs.every((p) => p !== null)) {
      problems.push({ subject, message: 'left out: the config names an entity or a field that is not in the schema' });
      continue;
    }
    const many =
      each.many ??
      !isUnique(
        to.entity,
        pairs.map((p) => p.to.name),
      );
    const base = { through: null, description: null };
    add(from, [each.as], problems, subject, (name) => ({
      ...base,
      name,
      from: from.entity,
      to: to.entity,
      many,
      on: pairs,
    }));
    if (each.reverse === undefined) continue;
    const back = pairs.map((p) => ({ from: p.to, to: p.from }));
    const backMany = !isUnique(
      from.entity,
      pairs.map((p) => p.from.name),
    );
    add(to, [each.reverse], problems, subject, (name) => ({
      ...base,
      name,
      from: to.entity,
      to: from.entity,
      many: backMany,
      on: back,
    }));
  }
}

/** Takes the first free candidate; a to-many takes its derived names too. */
function add(
  owner: DraftedEntity,
  candidates: readonly string[],
  problems: Problem[],
  subject: string,
  make: (name: string) => Relation,
): void {
  for (const candidate of candidates) {
    const name = owner.naming.relations?.[candidate] ?? candidate;
    const relation = make(name);
    const derived = relation.many ? DERIVED_SUFFIXES.map((suffix) => name + suffix) : [];
    if (name === '' || [name, ...derived].some((n) => owner.names.holder(n) !== null)) continue;
    for (const n of [name, ...derived]) owner.names.take(n, `relation ${name}`);
    owner.entity.relations.set(name, relation);
    return;
  }
  const last = candidates.at(-1)!;
  problems.push({ subject, message: leftOut(last, owner.names.holder(last) ?? 'a derived name') });
}

function isUnique(entity: Entity, fields: readonly string[]): boolean {
  return [...(entity.key ? [entity.key] : []), ...entity.unique].some((u) => u.every((f) => fields.includes(f)));
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((x) => b.includes(x));
}

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const k = key(item);
    const group = groups.get(k);
    if (group) group.push(item);
    else groups.set(k, [item]);
  }
  return groups;
}
