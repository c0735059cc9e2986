import { Binary, Long, ObjectId, Timestamp, UUID } from 'mongodb';
import { FLOAT64, type DataType } from '../../src/ir/types.js';
import { all, any, cond, type Constant, type Expression } from './expression.js';
import { inObject } from './native.js';

/**
 * A value of a document that may have any type, or not be there: null where it is not of this one. Types are told by the
 * store's order, in which every value of a type lies between the same two bounds.
 */
export function typed(type: DataType, value: Expression): Expression {
  switch (type.kind) {
    case 'json':
      return { $ifNull: [value, null] };
    case 'int':
      return cond(fits(type.bits, value), cond({ $eq: [value, { $trunc: value }] }, value, null), null);
    default:
      return cond(isOf(type, value), value, null);
  }
}

/** What the config says of json: of the same type, and of numbers that have another one in the document. */
export function memberOf(type: DataType, value: Expression): Expression {
  switch (type.kind) {
    case 'float': {
      const finite = all([{ $gt: [value, -Infinity] }, { $lt: [value, Infinity] }]);
      return cond(finite, { $toDouble: value }, null);
    }
    case 'decimal':
      return cond(isOf(type, value), { $toDecimal: value }, null);
    default:
      return typed(type, value);
  }
}

const NO_OBJECT: Expression = { $literal: {} };
const FIRST_ID = constantOf(new ObjectId('0'.repeat(24)));
const NO_BYTES = constantOf(new Binary(new Uint8Array()));
const FIRST_UUID = constantOf(new UUID('00000000-0000-0000-0000-000000000000'));
const LAST_UUID = constantOf(new UUID('ffffffff-ffff-ffff-ffff-ffffffffffff'));
const FIRST_TIMESTAMP = constantOf(new Timestamp(0n));
const FIRST_LONG = constantOf(Long.MIN_VALUE);

function constantOf(value: Constant): Expression {
  return { $literal: value };
}

function isOf(type: DataType, value: Expression): Expression {
  const from = (low: Expression, below: Expression): Expression =>
    all([{ $gte: [value, low] }, { $lt: [value, below] }]);
  switch (type.kind) {
    case 'float':
    case 'decimal':
      // NaN is the first of them.
      return all([{ $gt: [value, null] }, { $lt: [value, ''] }]);
    case 'text':
    case 'enum':
      return from('', NO_OBJECT);
    case 'struct':
      return from(NO_OBJECT, []);
    case 'list':
      return { $isArray: [value] };
    case 'vector':
      return any([{ $isArray: [value] }, from(NO_BYTES, FIRST_ID)]);
    case 'bytes':
      return from(NO_BYTES, FIRST_ID);
    case 'uuid':
      return all([{ $gte: [value, FIRST_UUID] }, { $lte: [value, LAST_UUID] }]);
    case 'id':
      return from(FIRST_ID, false);
    case 'bool':
      return any([{ $eq: [value, true] }, { $eq: [value, false] }]);
    case 'geopoint':
      return isPoint(value);
    case 'instant':
      return all([{ $gt: [value, true] }, { $lt: [value, FIRST_TIMESTAMP] }]);
    default:
      return false;
  }
}

function isPoint(value: Expression): Expression {
  const coordinates = inObject(value, 'coordinates');
  const list = cond({ $isArray: [coordinates] }, coordinates, []);
  const isNumber = (index: number): Expression => isOf(FLOAT64, { $arrayElemAt: [list, index] });
  return all([{ $eq: [inObject(value, 'type'), 'Point'] }, isNumber(0), isNumber(1)]);
}

/** Whole numbers are whole however they are stored. */
function fits(bits: 16 | 32 | 64, value: Expression): Expression {
  const most = 2 ** (bits - 1);
  return all([{ $gte: [value, bits === 64 ? FIRST_LONG : -most] }, { $lt: [value, most] }]);
}
