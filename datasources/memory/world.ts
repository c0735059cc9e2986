import type { Entity, JoinPair } from '../../src/ir/entity.js';
import { farKey, nearKey } from '../../src/ir/join.js';
import type { Leaf, Operand, Place, Step } from '../../src/ir/operand.js';
import { jsonMember } from '../../src/ir/json-member.js';
import { typeAt } from '../../src/ir/types.js';
import type { Args } from '../../src/ir/value.js';
import type { Row } from '../../src/store/batch.js';
import { GatewayError } from '../../src/errors.js';
import { measure } from './measure.js';
import { holds } from './predicate.js';
import { degree, wayPoint } from './walk.js';

/** The rows of an entity, in the form of ir/types.ts, columns by name. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** One row and where it is from. */
export interface Rec {
  readonly entity: Entity;
  readonly table: Table;
  readonly row: Row;
  /** Of a row that a walk reached: the rows of a shortest way, from the one that it started at to this one. */
  readonly way?: readonly Rec[];
}

/** What evaluation looks at: tables and arguments. */
export interface World {
  readonly tables: (entity: Entity) => Table;
  readonly args: Args;
  /** Rows of places by their join values, as far as joins asked for them. */
  readonly indexes: Map<Place, Map<readonly JoinPair[], ReadonlyMap<string, Rec[]>>>;
}

/** The rows of a place: those that its policy lets be seen. */
export function visible(place: Place, world: World): Rec[] {
  const table = world.tables(place.entity);
  const all = table.rows.map((row): Rec => ({ entity: place.entity, table, row }));
  return all.filter((rec) => holds(place.policy, rec, world));
}

export function fieldValue(rec: Rec, name: string): unknown {
  const index = rec.table.columns.indexOf(name);
  if (index < 0) throw new Error(`the table of ${rec.entity.entity} has no column ${name}`);
  return rec.row[index] ?? null;
}

/** The rows that a step reaches from one row; a row of the far side counts once for each junction row between. */
export function related(step: Step, rec: Rec, world: World): Rec[] {
  return relatedTo(step, joinValues(step, rec), world);
}

/** The row's own values of a step's pairs. */
export function joinValues(step: Step, rec: Rec): unknown[] {
  return step.relation.on.map((pair) => fieldValue(rec, pair.from.name));
}

export function relatedTo(step: Step, values: readonly unknown[], world: World): Rec[] {
  const { on, through } = step.relation;
  if (!through) return joined(step.to, on, values, world);
  return joined(step.through!, on, values, world).flatMap((junction) =>
    joined(
      step.to,
      through.on,
      through.on.map((pair) => fieldValue(junction, pair.from.name)),
      world,
    ),
  );
}

function joined(to: Place, on: readonly JoinPair[], values: readonly unknown[], world: World): Rec[] {
  const key = nearKey(on, values);
  return (key === null ? undefined : indexOf(to, on, world).get(key)) ?? [];
}

/** The visible rows of a place by their join values, made once: a join looks each row up. */
function indexOf(to: Place, on: readonly JoinPair[], world: World): ReadonlyMap<string, Rec[]> {
  const ofPlace = world.indexes.get(to) ?? new Map<readonly JoinPair[], ReadonlyMap<string, Rec[]>>();
  world.indexes.set(to, ofPlace);
  const known = ofPlace.get(on);
  if (known) return known;
  const made = new Map<string, Rec[]>();
  for (const rec of visible(to, world)) {
    const key = farKey(
      on,
      on.map((pair) => fieldValue(rec, pair.to.name)),
    );
    if (key === null) continue;
    const same = made.get(key);
    if (same) same.push(rec);
    else made.set(key, [rec]);
  }
  ofPlace.set(on, made);
  return made;
}

/** The value of an operand of a row; null when a to-one row on the way is missing or hidden. */
export function operandValue(operand: Operand, rec: Rec, world: World): unknown {
  let at = rec;
  for (const step of operand.steps) {
    const [next] = related(step, at, world);
    if (!next) return null;
    at = next;
  }
  return leafValue(operand.leaf, at, world);
}

/** Whether the way into a field is one of structs and known members of json. */
export function looksInto({ field, nested }: Extract<Leaf, { kind: 'field' }>): boolean {
  return typeAt(field.type, nested) !== null;
}

/** What stands in a struct at the end of a way; a null on the way is null. */
export function structMember(value: unknown, way: readonly string[]): unknown {
  return way.reduce((at, name) => (at as Readonly<Record<string, unknown>> | null)?.[name] ?? null, value);
}

function leafValue(leaf: Leaf, rec: Rec, world: World): unknown {
  switch (leaf.kind) {
    case 'field': {
      const { field, nested } = leaf;
      const value = fieldValue(rec, field.name);
      if (!looksInto(leaf)) {
        throw new GatewayError('UNSUPPORTED', `memory cannot look into ${field.name}`, {
          hint: 'read the whole field',
        });
      }
      if (field.type.kind === 'json' && nested.length > 0) {
        return value === null ? null : jsonMember(value as string, nested, typeAt(field.type, nested)!);
      }
      return structMember(value, nested);
    }
    case 'related':
      return measure(leaf.measure, related(leaf.step, rec, world), world);
    case 'element':
    case 'groupKey':
    case 'groupMeasure':
      throw new Error(`${leaf.kind} out of its place`);
    case 'degree':
      return degree(leaf.hops, rec, world);
    case 'distance':
      return BigInt(wayOf(rec).length - 1);
    case 'path':
      return wayOf(rec).map(wayPoint);
    case 'highlights':
    case 'score':
      throw new GatewayError('UNSUPPORTED', 'memory has no relevance of a text match', { hint: 'order by a field' });
  }
}

function wayOf({ way }: Rec): readonly Rec[] {
  if (!way) throw new Error('a way of a row that no walk reached');
  return way;
}
