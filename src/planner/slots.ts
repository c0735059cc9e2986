import { badInput } from '../errors.js';
import { coerceValue } from '../ir/coerce.js';
import { Hole, type Input } from '../ir/query.js';
import type { DataType } from '../ir/types.js';
import { parameter, type Value } from '../ir/value.js';

type Variables = Readonly<Record<string, unknown>>;

/** A value that each execution brings. */
interface Slot {
  readonly fill: (variables: Variables) => unknown;
}

/** A further condition on a value, whether it stands in the document or in a variable: throws BAD_INPUT. */
export type Check = (value: unknown, field: string) => void;

/** The parameters of one bound query: made while binding, filled for every execution. */
export class Slots {
  private readonly slots: Slot[] = [];

  /** A scalar of the question. */
  value(input: Input, type: DataType, field: string, check?: Check, map?: (value: unknown) => unknown): Value {
    const make = (raw: unknown): unknown => {
      if (raw === null || raw === undefined) throw badInput(field, 'a value', raw, 'use isNull to ask for null');
      const value = coerceValue(type, raw, field);
      check?.(value, field);
      return map ? map(value) : value;
    };
    if (!(input instanceof Hole)) return { kind: 'literal', type, many: false, value: make(input) };
    return parameter(
      type,
      this.add((variables) => make(input.read(variables))),
    );
  }

  /** A list of scalars; a null inside is BAD_INPUT. A single value stands for a list of one, as in GraphQL. */
  list(input: Input, type: DataType, field: string): Value {
    const make = (raw: unknown): unknown => {
      if (raw === null || raw === undefined) throw badInput(field, 'a list', raw, 'use isNull to ask for null');
      const items: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
      return items.map((each, i) => {
        const inner = each instanceof Hole ? undefined : each;
        if (inner === null || inner === undefined)
          throw badInput(`${field}[${i}]`, 'a value', null, 'use isNull to ask for null');
        return coerceValue(type, inner, `${field}[${i}]`);
      });
    };
    if (input instanceof Hole)
      return parameter(
        type,
        this.add((variables) => make(input.read(variables))),
        true,
      );
    if (Array.isArray(input) && input.some((each) => each instanceof Hole)) {
      const read = (variables: Variables): unknown =>
        input.map((each) => (each instanceof Hole ? each.read(variables) : (each as unknown)));
      return parameter(
        type,
        this.add((variables) => make(read(variables))),
        true,
      );
    }
    return { kind: 'literal', type, many: true, value: make(input) };
  }

  /** A value that is made of the variables in another way than by reading one; it can be null. */
  derived(type: DataType, fill: Slot['fill']): Value {
    return parameter(type, this.add(fill));
  }

  /** A slot that the executor fills itself (parents' keys). */
  reserve(): number {
    return this.add(() => null);
  }

  /** The arguments of one execution; throws BAD_INPUT for a value that does not fit. */
  fill(variables: Variables): unknown[] {
    return this.slots.map((slot) => slot.fill(variables));
  }

  private add(fill: Slot['fill']): number {
    return this.slots.push({ fill }) - 1;
  }
}
