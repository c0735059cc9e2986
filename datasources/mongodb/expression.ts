import type { Binary, Long, ObjectId, Timestamp } from 'mongodb';
import { GatewayError } from '../../src/errors.js';
import { valueOf, type Args, type Value } from '../../src/ir/value.js';

/** An expression of the aggregation language, with places for values in it. Field names come from `member` alone. */
export type Expression =
  | string
  | number
  | boolean
  | null
  | Slot
  | Constant
  | readonly Expression[]
  | { readonly [operator: string]: Expression };

export type Stage = Readonly<Record<string, Expression>>;

/** A place that a value of the question fills: encoded, and where no value can be an operator or a path. */
export class Slot {
  constructor(
    readonly value: Value,
    readonly encode: (given: unknown) => unknown,
    /** The type as `explain` names it. */
    readonly native: string,
  ) {}
}

/** A value of BSON that belongs to the pipeline itself. */
export type Constant = Binary | Long | ObjectId | Timestamp;

export function isConstant(e: object): e is Constant {
  return '_bsontype' in e;
}

/** A value as an expression: `$literal` keeps text that begins with a dollar a text. */
export function constant(slot: Slot): Expression {
  return { $literal: slot };
}

export function all(of: readonly Expression[]): Expression {
  const some = of.filter((each) => each !== true);
  if (some.includes(false)) return false;
  return some.length === 1 ? some[0]! : some.length === 0 ? true : { $and: some };
}

export function any(of: readonly Expression[]): Expression {
  const some = of.filter((each) => each !== false);
  if (some.includes(true)) return true;
  return some.length === 1 ? some[0]! : some.length === 0 ? false : { $or: some };
}

export function unless(negated: boolean, e: Expression): Expression {
  if (!negated) return e;
  return typeof e === 'boolean' ? !e : { $not: [e] };
}

export function isPresent(e: Expression): Expression {
  return { $ne: [e, null] };
}

export function cond(when: Expression, then: Expression, otherwise: Expression): Expression {
  return { $cond: [when, then, otherwise] };
}

/** Whether there are places in a part of a template: most parts have none, and need not be written again. */
const opened = new WeakMap<object, boolean>();

function isOpen(template: Expression): template is Exclude<Expression, string | number | boolean | null> {
  if (typeof template !== 'object' || template === null || isConstant(template)) return false;
  if (template instanceof Slot) return true;
  const known = opened.get(template);
  if (known !== undefined) return known;
  const found = (Object.values(template) as readonly Expression[]).map(isOpen).includes(true);
  opened.set(template, found);
  return found;
}

/** The template with its places filled. */
export function fill(template: Expression, args: Args): unknown {
  if (!isOpen(template)) return template;
  if (template instanceof Slot) return template.encode(valueOf(template.value, args));
  if (Array.isArray(template)) return (template as readonly Expression[]).map((each) => fill(each, args));
  return Object.fromEntries(Object.entries(template as Stage).map(([name, each]) => [name, fill(each, args)]));
}

export function slotsOf(template: Expression): Slot[] {
  if (template instanceof Slot) return [template];
  if (!isOpen(template)) return [];
  return (Object.values(template) as readonly Expression[]).flatMap(slotsOf);
}

/** What the engine says of a question that it cannot ask. */
export function cannot(what: string, hint: string): GatewayError {
  return new GatewayError('UNSUPPORTED', `mongodb cannot ${what}`, { hint });
}
