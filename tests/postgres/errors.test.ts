import { expect, test } from '@jest/globals';
import { mapError } from '../../src/postgres/errors.js';

const codeOf = (code: string): string => mapError(Object.assign(new Error('x'), { code }), 'shop').code;

test.each(['EPIPE', 'EPERM', 'ECONNRESET', 'ETIMEDOUT', '57P01', '57P02', '08006', '53300', '28P01', '3D000'])(
  '%s: the store is not available',
  (code) => expect(codeOf(code)).toBe('STORE_UNAVAILABLE'),
);

test.each([
  ['42P01', 'SCHEMA_CHANGED'],
  ['0A000', 'SCHEMA_CHANGED'],
  ['57014', 'TIMEOUT'],
  ['2201B', 'BAD_INPUT'],
  ['XX000', 'STORE_ERROR'],
  ['HV000', 'STORE_ERROR'],
  ['42501', 'STORE_ERROR'],
])('%s: %s', (code, expected) => expect(codeOf(code)).toBe(expected));
