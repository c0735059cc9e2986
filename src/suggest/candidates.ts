import type { Entity, Field } from '../ir/entity.js';
import { haveCommonForm } from '../ir/join.js';
import type { DataType } from '../ir/types.js';
import {
  abbreviates,
  commonWord,
  endsWith,
  entityWords,
  isGeneric,
  isProse,
  pointsAtSelf,
  same,
  words,
} from './words.js';

/** How much a name tells: STRONG names the other side's key, ROLE says more or less than that, HINT is a guess, NONE is none. */
export type NameMatch = 'STRONG' | 'ROLE' | 'HINT' | 'NONE';

/** Fields of `from` that may hold the key of a row of `to`. */
export interface Candidate {
  readonly from: Entity;
  readonly to: Entity;
  readonly on: readonly { readonly from: Field; readonly to: Field }[];
  readonly match: NameMatch;
  /** Whether the key is called after its entity, or after nothing: `customer_no` of `customer`, not of `customer_note`. */
  readonly home: boolean;
}

/** What may be a relation by names and types, and is none yet; the likeliest first. */
export function candidatesOf(entities: readonly Entity[]): readonly Candidate[] {
  const common = commonWord(entities.map((e) => e.entity));
  const named = new Map(entities.map((e) => [e, entityWords(e.entity, common)]));
  const found: Candidate[] = [];
  for (const to of entities) {
    for (const key of keysOf(to)) {
      const fields = key.map((name) => to.fields.get(name)!);
      for (const from of entities) {
        found.push(...(fields.length === 1 ? single(from, to, fields[0]!, named) : compound(from, to, fields)));
      }
    }
  }
  const rank: readonly NameMatch[] = ['STRONG', 'ROLE', 'HINT', 'NONE'];
  return found.sort((a, b) => rank.indexOf(a.match) - rank.indexOf(b.match) || b.on.length - a.on.length);
}

/** Sets of fields that are unique in the store. */
export function keysOf({ key, unique }: Entity): readonly (readonly string[])[] {
  return [...(key ? [key] : []), ...unique];
}

function single(from: Entity, to: Entity, key: Field, named: ReadonlyMap<Entity, Names>): Candidate[] {
  return [...from.fields.values()].flatMap((field): Candidate[] => {
    if ((from === to && field === key) || !joinable(from, field.type, to, key.type) || isRelated(from, [field.name]))
      return [];
    const match = matchOf(from, field, to, key, named);
    const home = isHome(words(key.name), named.get(to)!);
    return match === null ? [] : [{ from, to, on: [{ from: field, to: key }], match, home }];
  });
}

type Names = readonly (readonly string[])[];

function isHome(key: readonly string[], targets: Names): boolean {
  return isGeneric(key) || targets.some((target) => same(key.slice(0, target.length), target));
}

function matchOf(
  from: Entity,
  field: Field,
  to: Entity,
  key: Field,
  named: ReadonlyMap<Entity, Names>,
): NameMatch | null {
  const [column, keyed, targets] = [words(field.name), words(key.name), named.get(to)!];
  const generic = isGeneric(keyed);
  // What a row is called itself by tells nothing of others: `id` stands in every table.
  const ownKey = keysOf(from).some((k) => k.length === 1 && k[0] === field.name);
  const whole = targets.map((target) => [...target, ...keyed]);
  if (from !== to) {
    if (!generic && same(column, keyed)) return 'STRONG';
    if (whole.some((each) => same(column, each)) && !same(column, keyed)) return 'STRONG';
    if (targets.some((target) => same(column, target))) return 'ROLE';
  }
  if (!generic && endsWith(column, keyed)) return 'ROLE';
  if ([...whole, ...targets].some((each) => endsWith(column, each))) return 'ROLE';
  if (from === to) return pointsAtSelf(column) && !ownKey ? 'HINT' : null;
  const called = generic ? [...whole, ...targets] : [...whole, ...targets, keyed];
  if (called.some((each) => abbreviates(column, each))) return 'HINT';
  const tails = targets.flatMap((target) => target.slice(1).map((_, i) => target.slice(i + 1)));
  if (tails.some((tail) => same(column, tail) || same(column, [...tail, ...keyed]))) return 'HINT';
  const distinctive = (key.type.kind === 'text' || key.type.kind === 'uuid') && !ownKey;
  return distinctive && !isProse(column) && !isProse(keyed) ? 'NONE' : null;
}

/** Keys of several fields are found by fields of the same names. */
function compound(from: Entity, to: Entity, key: readonly Field[]): Candidate[] {
  if (from === to) return [];
  const on = key.map((far) => {
    const near = [...from.fields.values()].find((f) => same(words(f.name), words(far.name)));
    return near && joinable(from, near.type, to, far.type) ? { from: near, to: far } : null;
  });
  if (!on.every((pair) => pair !== null)) return [];
  // Of fields that every table has, none tells of another table.
  if (key.every((field) => isGeneric(words(field.name)))) return [];
  const near = on.map((pair) => pair.from.name);
  return isRelated(from, near) ? [] : [{ from, to, on, match: 'STRONG', home: true }];
}

/** Whether a relation that is known already is made of these fields. */
function isRelated(from: Entity, fields: readonly string[]): boolean {
  return [...from.relations.values()].some(
    ({ on, many }) => !many && on.length === fields.length && on.every((pair) => fields.includes(pair.from.name)),
  );
}

const KEYS: ReadonlySet<DataType['kind']> = new Set(['int', 'text', 'uuid', 'decimal', 'id']);

/** Types whose values a store, or two of them, compare without a loss; none that few values make, or that are measured. */
function joinable(from: Entity, a: DataType, to: Entity, b: DataType): boolean {
  if (!KEYS.has(a.kind) || !KEYS.has(b.kind)) return false;
  return from.source === to.source ? a.kind === b.kind : haveCommonForm(a, b, undefined);
}
