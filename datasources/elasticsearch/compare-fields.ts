import type { Comparison } from '../../src/ir/predicate.js';
import type { Location } from './native.js';
import type { Query } from './query.js';
import { isTextual } from './compare.js';

const VALUES = `if (doc[params.left].size() == 0 || doc[params.right].size() == 0) return false;
def a = doc[params.left].value; def b = doc[params.right].value;`;

/** The sign of the order of two values, both there. Texts by code points, which Java's own order is not. */
const SIGNS = {
  text: `${VALUES}
int n = (int) Math.min(a.length(), b.length()); int sign = a.length() - b.length();
for (int i = 0; i < n; i++) {
  int x = a.charAt(i); int y = b.charAt(i);
  if (x != y) {
    if (x >= 0xd800 && x <= 0xdfff) x += 0x10000;
    if (y >= 0xd800 && y <= 0xdfff) y += 0x10000;
    sign = x - y;
    break;
  }
}`,
  time: `${VALUES}
int sign = a.toInstant().compareTo(b.toInstant());`,
  bool: `${VALUES}
int sign = a == b ? 0 : (a ? 1 : -1);`,
  number: `${VALUES}
int sign = a < b ? -1 : (a > b ? 1 : 0);`,
};

const PASSES: Readonly<Record<Comparison, string>> = {
  eq: 'return sign == 0;',
  ne: 'return sign != 0;',
  lt: 'return sign < 0;',
  lte: 'return sign <= 0;',
  gt: 'return sign > 0;',
  gte: 'return sign >= 0;',
};

/** Two fields of one row: a script of ours, to which the names of the fields are parameters. */
export function compareFields(left: Location, op: Comparison, right: Location): Query {
  const { type } = left;
  const way = isTextual(type)
    ? 'text'
    : type.kind === 'bool'
      ? 'bool'
      : type.kind === 'int' || type.kind === 'float'
        ? 'number'
        : 'time';
  const source = `${SIGNS[way]}\n${PASSES[op]}`;
  return { script: { script: { source, params: { left: left.native.exact, right: right.native.exact } } } };
}
