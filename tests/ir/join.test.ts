import { describe, expect, test } from '@jest/globals';
import type { Field, JoinForm, JoinPair } from '../../src/ir/entity.js';
import { changes, farKey, haveCommonForm, nearKey, valueOfText } from '../../src/ir/join.js';
import { parseDate, parseInstant, parseLocal } from '../../src/ir/time.js';
import type { DataType } from '../../src/ir/types.js';

const INT: DataType = { kind: 'int', bits: 32 };
const DECIMAL: DataType = { kind: 'decimal', precision: null, scale: null };
const TEXT: DataType = { kind: 'text' };
const UUID: DataType = { kind: 'uuid' };
const ID: DataType = { kind: 'id' };
const DATE: DataType = { kind: 'date' };
const INSTANT: DataType = { kind: 'instant' };
const LOCAL: DataType = { kind: 'localdatetime' };
const FLOAT: DataType = { kind: 'float', bits: 64 };

const field = (type: DataType): Field => ({ name: type.kind, type, nullable: true, description: null, native: null });
const pair = (from: DataType, to: DataType, form?: Partial<JoinForm>): JoinPair => ({
  from: field(from),
  to: field(to),
  ...(form ? { form: { normalise: [], date: null, ...form } } : {}),
});
/** Whether two values of a pair are joined. */
const meet = (on: JoinPair, near: unknown, far: unknown): boolean => nearKey([on], [near]) === farKey([on], [far]);

const ONE = '0123abcd-0000-4000-8000-000000000001';
const berlin = { date: { zone: 'Europe/Berlin' } };

describe('the common form of join values', () => {
  test.each<[string, JoinPair, unknown, unknown, boolean]>([
    ['whole numbers and decimals', pair(INT, DECIMAL), 5n, '5', true],
    ['a number and its text', pair(INT, TEXT), 5n, '5', true],
    ['a number and text that is written otherwise', pair(INT, TEXT), 5n, '05', false],
    ['a UUID and its text', pair(UUID, TEXT), ONE, ONE, true],
    ['a UUID and text in capitals', pair(UUID, TEXT), ONE, ONE.toUpperCase(), false],
    ['ids that differ in case', pair(ID, ID), 'W0tpsm', 'w0tpsm', false],
    ['text as it is', pair(TEXT, TEXT), 'Ada ', 'ada', false],
    ['text trimmed and in small letters', pair(TEXT, TEXT, { normalise: ['TRIM', 'LOWER'] }), 'Ada ', ' ADA', true],
    [
      'the day in a zone',
      pair(INSTANT, DATE, berlin),
      parseInstant('2024-03-30T23:30:00Z'),
      parseDate('2024-03-31'),
      true,
    ],
    [
      'the day of UTC',
      pair(INSTANT, DATE, berlin),
      parseInstant('2024-03-30T23:30:00Z'),
      parseDate('2024-03-30'),
      false,
    ],
    [
      'the day before 1970',
      pair(LOCAL, DATE, berlin),
      parseLocal('1969-12-31T23:59:59'),
      parseDate('1969-12-31'),
      true,
    ],
  ])('%s', (_, on, near, far, expected) => {
    expect(meet(on, near, far)).toBe(expected);
    expect(changes(on.from.type, on.form) || changes(on.to.type, on.form)).toBe(
      on.form !== undefined && (on.form.normalise.length > 0 || on.form.date !== null),
    );
  });

  test('a null joins nothing, and a part of a compound key is none', () => {
    const on = [pair(INT, INT), pair(TEXT, TEXT)];
    expect(nearKey(on, [1n, null])).toBeNull();
    expect(nearKey([on[0]!], [null])).toBeNull();
    expect(nearKey(on, [1n, 'a'])).not.toBe(farKey(on, [1n, 'b']));
  });

  test.each<[DataType, string, unknown]>([
    [INT, '5', 5n],
    [INT, '05', undefined],
    [INT, '2147483648', undefined],
    [INT, '1.5', undefined],
    [DECIMAL, '1.5', '1.5'],
    [DECIMAL, '1.50', undefined],
    [UUID, ONE, ONE],
    [UUID, ONE.toUpperCase(), undefined],
    [{ kind: 'enum', name: 'mood', values: ['low'] }, 'high', undefined],
    [TEXT, '05', '05'],
  ])('%j holds %s as %s', (type, text, value) => {
    expect(valueOfText(type, text)).toEqual(value);
  });

  test.each<[DataType, DataType, Partial<JoinForm> | undefined, boolean]>([
    [INT, TEXT, undefined, true],
    [INT, UUID, undefined, false],
    [FLOAT, FLOAT, undefined, false],
    [DATE, TEXT, undefined, false],
    [DATE, INSTANT, undefined, false],
    [DATE, INSTANT, berlin, true],
  ])('%j and %j under %j: %s', (a, b, form, expected) => {
    expect(haveCommonForm(a, b, form && { normalise: [], date: null, ...form })).toBe(expected);
  });
});
