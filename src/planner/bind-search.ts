import { badInput } from '../errors.js';
import type { Entity, Field } from '../ir/entity.js';
import { own, place, type Operand } from '../ir/operand.js';
import { and, conjuncts, type Predicate } from '../ir/predicate.js';
import { Hole, type Input } from '../ir/query.js';
import type { OrderTerm } from '../ir/select.js';
import { FLOAT64, INT64, TEXT } from '../ir/types.js';
import { placeOf, type Scope } from './scope.js';

type Inputs = Readonly<Record<string, Input>>;

/** The fields that a text match finds rows by. */
export function searchFields(entity: Entity): readonly Field[] {
  return [...entity.fields.values()].filter((field) => field.search === true);
}

export function vectorFields(entity: Entity): readonly Field[] {
  return [...entity.fields.values()].filter((field) => field.type.kind === 'vector');
}

/** `{ text, fields, boosts, mode, fuzzy }`: a text match over some or all of the fields that can be searched. */
export function bindSearch(scope: Scope, entity: Entity, input: Inputs, field: string): Predicate {
  const known = searchFields(entity).map(({ name }) => name);
  const names = input['fields'] === null || input['fields'] === undefined ? known : listOf(input['fields']);
  if (known.length === 0) throw badInput(field, `an entity with searchable text`, entity.entity);
  if (names.length === 0) throw badInput(`${field}.fields`, `some of ${known.join(', ')}`, names);
  for (const name of names) {
    if (typeof name !== 'string' || !known.includes(name)) throw badInput(`${field}.fields`, known.join(', '), name);
  }
  const boosts =
    input['boosts'] === null || input['boosts'] === undefined ? names.map(() => 1) : listOf(input['boosts']);
  const plain = boosts.filter((boost) => typeof boost === 'number' && boost > 0);
  if (plain.length !== names.length || plain.length !== boosts.length) {
    throw badInput(`${field}.boosts`, `a number above 0 for each of the ${names.length} fields`, boosts);
  }
  const mode = input['mode'] ?? 'ANY';
  if (mode !== 'ANY' && mode !== 'ALL' && mode !== 'PHRASE')
    throw badInput(`${field}.mode`, 'ANY, ALL or PHRASE', mode);
  const fuzzy = input['fuzzy'] ?? false;
  if (typeof fuzzy !== 'boolean') throw badInput(`${field}.fuzzy`, 'true or false', fuzzy);
  if (fuzzy && mode === 'PHRASE') throw badInput(`${field}.fuzzy`, 'no fuzzy with PHRASE', fuzzy);
  return {
    kind: 'match',
    operands: (names as readonly string[]).map((name) => own(entity.fields.get(name)!)),
    boosts: plain as number[],
    text: textOf(scope, input['text'], `${field}.text`),
    mode,
    fuzzy,
    negated: false,
  };
}

/** All words of a text, in one field. */
export function bindMatches(scope: Scope, operand: Operand, input: Input, field: string): Predicate {
  const text = textOf(scope, input, field);
  return { kind: 'match', operands: [operand], boosts: [1], text, mode: 'ALL', fuzzy: false, negated: false };
}

function textOf(scope: Scope, input: Input, field: string): ReturnType<Scope['slots']['value']> {
  return scope.slots.value(input, TEXT, field, (value, at) => {
    if ((value as string).trim() === '') throw badInput(at, 'text that is not empty', value);
  });
}

/** `{ field, vector, k }`: the k nearest of the rows for which `others` hold. */
export function bindNearest(scope: Scope, entity: Entity, input: Inputs, others: Predicate, field: string): Predicate {
  const known = vectorFields(entity);
  const chosen = known.find(({ name }) => name === input['field']);
  if (!chosen) throw badInput(`${field}.field`, known.map(({ name }) => name).join(', ') || 'a vector', input['field']);
  const { policy } = placeOf(scope, entity);
  return {
    kind: 'nearest',
    operand: own(chosen),
    vector: scope.slots.value(input['vector'], chosen.type, `${field}.vector`),
    k: scope.slots.value(input['k'], INT64, `${field}.k`, (value, at) => {
      const most = scope.limits?.maxPageSize ?? Number.MAX_SAFE_INTEGER;
      if ((value as bigint) < 1n || (value as bigint) > BigInt(most))
        throw badInput(at, `a whole number from 1 to ${most}`, value);
    }),
    among: place(entity, and(policy, others)),
    negated: false,
  };
}

/** Rows of a text match or of the nearest come best first, when no other order is asked for. */
export function bestFirst(where: Predicate): OrderTerm[] {
  if (!conjuncts(where).some((p) => p.kind === 'match' || p.kind === 'nearest')) return [];
  return [{ operand: SCORE, direction: 'desc', nulls: 'last', collate: 'STORE' }];
}

export const SCORE: Operand = { steps: [], leaf: { kind: 'score' }, type: FLOAT64, nullable: true };

export function highlightsOf(entity: Entity, field: Input, fragments: Input, path: string): Operand {
  const known = searchFields(entity);
  const chosen = known.find(({ name }) => name === field);
  if (!chosen) throw badInput(`${path}.field`, known.map(({ name }) => name).join(', '), field);
  if (fragments instanceof Hole) throw new Error(`${path}.fragments reached binding as a slot`);
  const most = fragments ?? 3;
  if (typeof most !== 'number' || !Number.isInteger(most) || most < 1 || most > 100) {
    throw badInput(`${path}.fragments`, 'a whole number from 1 to 100', most);
  }
  const leaf: Operand['leaf'] = { kind: 'highlights', operand: own(chosen), fragments: most };
  return { steps: [], leaf, type: { kind: 'list', of: TEXT }, nullable: true };
}

function listOf(input: Input): readonly Input[] {
  return Array.isArray(input) ? (input as readonly Input[]) : [input];
}
