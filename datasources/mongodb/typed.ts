import type { DataType } from '../../src/ir/types.js';
import { all, cond, type Expression } from './expression.js';

/** Names of the store's types that hold a value of ours. */
function bsonTypes(type: DataType): readonly string[] {
  switch (type.kind) {
    case 'bool':
      return ['bool'];
    case 'int':
      return type.bits === 64 ? ['int', 'long'] : ['int'];
    case 'text':
    case 'enum':
      return ['string'];
    case 'id':
      return ['objectId'];
    case 'uuid':
    case 'bytes':
      return ['binData'];
    case 'instant':
      return ['date'];
    case 'list':
    case 'vector':
      return ['array'];
    case 'struct':
      return ['object'];
    default:
      return [];
  }
}

/** A value of a document that may have any type, or not be there: null where it is not of this one. */
export function typed(type: DataType, value: Expression): Expression {
  if (type.kind === 'json') return { $ifNull: [value, null] };
  if (type.kind === 'float' || type.kind === 'decimal') return cond({ $isNumber: value }, value, null);
  const names = bsonTypes(type);
  const is: Expression =
    names.length === 1 ? { $eq: [{ $type: value }, names[0]!] } : { $in: [{ $type: value }, names] };
  return cond(is, value, null);
}

/** What the config says of json: whole numbers are whole however they are written, and what does not fit is null. */
export function memberOf(type: DataType, value: Expression): Expression {
  switch (type.kind) {
    case 'int': {
      const most = type.bits === 64 ? 2 ** 63 : 2 ** 31;
      const fits = all([{ $eq: [value, { $trunc: [value, 0] }] }, { $gte: [value, -most] }, { $lt: [value, most] }]);
      return cond({ $isNumber: value }, cond(fits, { $toLong: value }, null), null);
    }
    case 'float': {
      const finite = all([{ $gt: [value, -Infinity] }, { $lt: [value, Infinity] }]);
      return cond({ $isNumber: value }, cond(finite, { $toDouble: value }, null), null);
    }
    case 'decimal':
      return cond({ $isNumber: value }, { $toDecimal: value }, null);
    default:
      return typed(type, value);
  }
}
