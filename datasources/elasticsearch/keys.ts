import { GatewayError } from '../../src/errors.js';
import { keyText } from '../../src/ir/compare.js';
import type { JoinPair } from '../../src/ir/entity.js';
import type { DataType } from '../../src/ir/types.js';
import type { Row } from '../../src/store/batch.js';
import { equal, oneOf } from './compare.js';
import type { Location, NativeField } from './native.js';
import { allOf, anyOf, type Query } from './query.js';

/** Where the join values of a field stand; they must be found by filters, all of them. */
export function locationOf({ name, native, type }: JoinPair['from']): Location {
  const location = { native: native as NativeField, type };
  const { exact, loose, cut } = location.native;
  if (exact !== null && !loose && !cut) return location;
  throw new GatewayError('UNSUPPORTED', `elasticsearch cannot follow a relation over ${name}`, {
    hint: 'relate keywords without normalizer, whose values are all indexed, or numbers',
  });
}

/** Join values as one text, equal when they are; null when one of them is null. */
export function joinText(types: readonly DataType[], values: readonly unknown[]): string | null {
  if (values.includes(null)) return null;
  return types.length === 1
    ? keyText(types[0]!, values[0])
    : JSON.stringify(values.map((v, i) => keyText(types[i]!, v)));
}

/** Each combination once, none with a null. */
export function distinctKeys(types: readonly DataType[], rows: Iterable<Row>): Row[] {
  const found = new Map<string, Row>();
  for (const row of rows) {
    const text = joinText(types, row);
    if (text !== null) found.set(text, row);
  }
  return [...found.values()];
}

/** The rows that have these join values: of several fields the first is looked at first. */
export function keysQuery(locations: readonly Location[], keys: readonly Row[]): Query {
  const [first, ...rest] = locations;
  if (rest.length === 0)
    return oneOf(
      first!,
      keys.map(([value]) => value),
    );
  const byFirst = new Map<string, Row[]>();
  for (const key of keys) {
    const text = keyText(first!.type, key[0]);
    byFirst.set(text, [...(byFirst.get(text) ?? []), key]);
  }
  return anyOf(
    [...byFirst.values()].map((some) =>
      allOf([
        equal(first!, some[0]![0]),
        keysQuery(
          rest,
          some.map((key) => key.slice(1)),
        ),
      ]),
    ),
  );
}

export function chunked<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
