import {
  entityPath,
  type Entity,
  type EntityRef,
  type JoinPair,
  type Normaliser,
  type Relation,
} from '../ir/entity.js';
import { haveCommonForm, isText, isTimestamp } from '../ir/join.js';
import { isZone } from '../ir/time.js';
import { isNumeric, typeName, type DataType } from '../ir/types.js';
import type { EdgeEnd, EdgeShape, Problem, ReferenceShape } from '../store/shape.js';
import { compareText, leftOut, type DraftedEntity } from './model.js';
import { DERIVED_SUFFIXES, legalName, withoutId } from './names.js';

/** A relation of the config; an entity is `source.entity`, or of the source at hand `entity`, by its name in the schema. */
export interface DeclaredRelation {
  readonly from: string;
  readonly to: string;
  readonly on: readonly DeclaredPair[];
  readonly as: string;
  readonly reverse?: string | undefined;
  readonly many?: boolean | undefined;
}

export interface DeclaredPair {
  readonly from: string;
  readonly to: string;
  readonly normalise?: readonly Normaliser[] | undefined;
  readonly cast?: 'DATE' | undefined;
  readonly zone?: string | undefined;
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
  home: string,
  drafts: ReadonlyMap<string, DraftedEntity>,
  declared: readonly DeclaredRelation[],
  problems: Problem[],
): void {
  const links = [...drafts.values()].flatMap((from) => linksOf(from, drafts));
  for (const link of links) addToOne(link, links, problems);
  const named = new Map([...drafts.values()].map((each) => [each.entity.entity, each]));
  for (const each of declared) {
    if (isWithin(each)) declare(each, home, ({ entity }) => named.get(entity) ?? null, problems);
    else keepNames(each, home, named);
  }
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

/** Sources are named without dots, and so are entities. */
function sideOf(side: string, home: string): EntityRef {
  const [source, entity] = side.split('.') as [string, string?];
  return entity === undefined ? { source: home, entity: source } : { source, entity };
}

/** The sources that a relation of the config leads between. */
export function sourcesOf({ from, to }: DeclaredRelation, home = ''): readonly [from: string, to: string] {
  return [sideOf(from, home).source, sideOf(to, home).source];
}

export function isWithin(declared: DeclaredRelation): boolean {
  const [from, to] = sourcesOf(declared);
  return from === to;
}

/** Adds a relation of the config, and its way back. */
export function declare(
  declared: DeclaredRelation,
  home: string,
  resolve: (ref: EntityRef) => DraftedEntity | null,
  problems: Problem[],
): void {
  const { as, reverse, many } = declared;
  const [from, to] = [declared.from, declared.to].map((side) => sideOf(side, home)) as [EntityRef, EntityRef];
  const subject = `relation ${entityPath(from)} → ${entityPath(to)}`;
  const leave = (message: string): unknown => problems.push({ subject, message: `left out: ${message}` });
  const [near, far] = [resolve(from), resolve(to)];
  if (!near || !far) {
    leave(`there is no ${entityPath(near ? to : from)} in the schema`);
    return;
  }
  const pairs: JoinPair[] = [];
  for (const each of declared.on) {
    const pair = pairOf(each, near, far);
    if (typeof pair === 'string') {
      leave(pair);
      return;
    }
    pairs.push(pair);
  }
  addDeclared(near, far, pairs, as, many, subject, problems);
  if (reverse === undefined) return;
  const back = pairs.map((pair) => ({ ...pair, from: pair.to, to: pair.from }));
  addDeclared(far, near, back, reverse, undefined, subject, problems);
}

function addDeclared(
  near: DraftedEntity,
  far: DraftedEntity,
  on: readonly JoinPair[],
  as: string,
  many: boolean | undefined,
  subject: string,
  problems: Problem[],
): void {
  const columns = on.map((pair) => pair.to.name);
  const make = (name: string): Relation => ({
    name,
    from: near.entity,
    to: far.entity,
    many: many ?? !isUnique(far.entity, columns),
    on,
    through: null,
    description: near.entity.source === far.entity.source ? null : `In source ${far.entity.source}.`,
  });
  if (near.kept.delete(as)) near.entity.relations.set(as, make(as));
  else add(near, [as], problems, subject, make);
}

/** The fields of a pair, and what becomes of their values; a sentence when they cannot be joined. */
function pairOf(declared: DeclaredPair, near: DraftedEntity, far: DraftedEntity): JoinPair | string {
  const [from, to] = [near.entity.fields.get(declared.from), far.entity.fields.get(declared.to)];
  if (!from) return `${entityPath(near.entity)} has no field ${declared.from}`;
  if (!to) return `${entityPath(far.entity)} has no field ${declared.to}`;
  const { normalise = [], cast, zone } = declared;
  const types = [from.type, to.type];
  const both = `${from.name} (${typeName(from.type)}) and ${to.name} (${typeName(to.type)})`;
  if (normalise.length > 0 && !types.every(isText)) return `normalise is for text: ${both}`;
  if (cast === undefined && zone !== undefined) return `zone is for cast: DATE: ${both}`;
  if (cast === 'DATE') {
    if (!types.some(isTimestamp)) return `cast: DATE is for points in time: ${both}`;
    const hasZone = types.some(({ kind }) => kind === 'instant');
    if (hasZone !== (zone !== undefined)) return `cast: DATE ${hasZone ? 'needs a' : 'takes no'} zone here: ${both}`;
  }
  if (zone !== undefined && !isZone(zone)) return `there is no time zone ${JSON.stringify(zone)}: ${both}`;
  const date = cast === 'DATE' ? { zone: zone ?? 'UTC' } : null;
  const within = near.entity.source === far.entity.source;
  const changed = normalise.length > 0 || date !== null;
  if (within && !changed && from.type.kind === to.type.kind) return { from, to };
  const form = { normalise, date };
  if (!haveCommonForm(from.type, to.type, form)) return `values of ${both} have no common form`;
  return changed || comparesAsText(from.type, to.type, within) ? { from, to, form } : { from, to };
}

/** Types that one store compares by itself; two stores have only their common form. */
function comparesAsText(a: DataType, b: DataType, within: boolean): boolean {
  return a.kind !== b.kind && !(within && [a, b].every(isNumeric));
}

/** The names of relations to other sources, which come when those are there: no name found by rule takes them. */
function keepNames(
  { from, to, as, reverse }: DeclaredRelation,
  home: string,
  named: ReadonlyMap<string, DraftedEntity>,
): void {
  for (const [side, name] of [[from, as] as const, [to, reverse] as const]) {
    const { source, entity } = sideOf(side, home);
    const owner = source === home ? named.get(entity) : undefined;
    if (!owner || name === undefined) continue;
    const names = [name, ...DERIVED_SUFFIXES.map((suffix) => name + suffix)];
    if (names.some((each) => owner.names.holder(each) !== null)) continue;
    for (const each of names) owner.names.take(each, `relation ${name}`);
    owner.kept.add(name);
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
