import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GatewayError } from '../../src/errors.js';
import { coerceValue } from '../../src/ir/coerce.js';
import { compareValues, keyText } from '../../src/ir/compare.js';
import { addDecimals, compareDecimals, divideDecimal, minimalDecimal } from '../../src/ir/decimal.js';
import { jsonText } from '../../src/ir/print.js';
import { BOOL, DECIMAL, FLOAT64, INT32, INT64, TEXT, type DataType } from '../../src/ir/types.js';

const INSTANT: DataType = { kind: 'instant' };
const BYTES: DataType = { kind: 'bytes' };
const MOOD: DataType = { kind: 'enum', name: 'mood', values: ['low', 'high'] };
const decimal = fc
  .tuple(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.integer({ min: 0, max: 20 }))
  .map(([n, scale]) => minimalDecimal(`${n}e-${scale}`)!);
const micros = fc.bigInt(-210_000_000_000_000_000n, 8_000_000_000_000_000_000n);
const days = fc.integer({ min: -2_400_000, max: 100_000_000 });

const ROUND_TRIPS: readonly (readonly [DataType, fc.Arbitrary<unknown>])[] = [
  [BOOL, fc.boolean()],
  [INT32, fc.integer().map(BigInt)],
  [INT64, fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)],
  [FLOAT64, fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => (x === 0 ? 0 : x))],
  [DECIMAL, decimal],
  [TEXT, fc.string({ unit: 'binary' }).filter((s) => !s.includes('\0'))],
  [{ kind: 'uuid' }, fc.uuid()],
  [BYTES, fc.uint8Array()],
  [{ kind: 'date' }, days],
  [{ kind: 'time' }, fc.bigInt(0n, 86_400_000_000n)],
  [{ kind: 'localdatetime' }, micros],
  [INSTANT, micros],
  [{ kind: 'list', of: INT64 }, fc.array(fc.option(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)))],
];

describe('values', () => {
  test.each(ROUND_TRIPS)('%o: what is printed is read back', (type, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (value) => {
        expect(coerceValue(type, JSON.parse(jsonText(type)(value)), 'f')).toEqual(value);
      }),
    );
  });

  test.each<readonly [DataType, unknown, unknown]>([
    [INT64, '9007199254740993', 9007199254740993n],
    [INT32, '9007199254740993', 9007199254740993n],
    [FLOAT64, '-Infinity', -Infinity],
    [FLOAT64, 'NaN', NaN],
    [DECIMAL, '-12.500', '-12.5'],
    [DECIMAL, '-0.00', '0'],
    [DECIMAL, '1e999', `1${'0'.repeat(999)}`],
    [DECIMAL, 5e-324, `0.${'0'.repeat(323)}5`],
    [{ kind: 'date' }, '2000-02-29', 11_016],
    [{ kind: 'date' }, '-000001-01-01', -719_893],
    [INSTANT, '1970-01-01T01:00:00.1234569+01:00', 123_456n],
    [{ kind: 'duration' }, 'P1Y2M3DT4.5S', { months: 14, days: 3, micros: 4_500_000n }],
    [{ kind: 'json' }, { a: [1, null] }, '{"a":[1,null]}'],
    [{ kind: 'uuid' }, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ])('%o takes %p', (type, input, value) => {
    expect(coerceValue(type, input, 'f')).toEqual(value);
  });

  test.each<readonly [DataType, unknown]>([
    [BOOL, 'true'],
    [INT64, 1.5],
    [INT64, 2 ** 53],
    [INT64, '9223372036854775808'],
    [INT64, true],
    [FLOAT64, '1'],
    [DECIMAL, '1,5'],
    [DECIMAL, '1e1001'],
    [DECIMAL, '1e-1001'],
    [DECIMAL, '1e99999'],
    [DECIMAL, '9'.repeat(1_001)],
    [{ kind: 'json' }, { a: ['b\0'] }],
    [{ kind: 'json' }, { a: [{ '\0': 1 }] }],
    [{ kind: 'json' }, ['\udc00']],
    [TEXT, 'a\0b'],
    [TEXT, '\ud800'],
    [TEXT, 5],
    [MOOD, 'middling'],
    [BYTES, 'a'],
    [{ kind: 'date' }, '2001-02-29'],
    [{ kind: 'time' }, '24:00:01'],
    [{ kind: 'localdatetime' }, '2001-01-01T00:00:00Z'],
    [INSTANT, '2001-01-01T00:00:00'],
    [{ kind: 'duration' }, 'PT'],
    [{ kind: 'geopoint' }, { lon: 181, lat: 0 }],
    [{ kind: 'vector', dimensions: 2 }, [1]],
  ])('%o refuses %p and names the field', (type, input) => {
    const attempt = (): unknown => coerceValue(type, input, 'some_field');
    expect(attempt).toThrow(GatewayError);
    expect(attempt).toThrow(/some_field/);
    expect(attempt).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });

  test('numbers that JSON does not have are null, 64-bit integers are strings', () => {
    expect([NaN, Infinity, -Infinity, -0].map(jsonText(FLOAT64))).toEqual(['null', 'null', 'null', '0']);
    expect([jsonText(INT64)(5n), jsonText(INT32)(5n)]).toEqual(['"5"', '5']);
    expect(jsonText(INSTANT)(1_500_000n)).toBe('"1970-01-01T00:00:01.5Z"');
  });

  test('order: NaN above all, -0 = 0, enums as declared, text by code points, a month is 30 days', () => {
    expect([NaN, Infinity, 1, -Infinity].sort((a, b) => compareValues(FLOAT64, a, b))).toEqual([
      -Infinity,
      1,
      Infinity,
      NaN,
    ]);
    expect(compareValues(FLOAT64, -0, 0)).toBe(0);
    expect(compareValues(FLOAT64, NaN, NaN)).toBe(0);
    expect(compareValues(MOOD, 'low', 'high')).toBeLessThan(0);
    expect(
      compareValues({ kind: 'duration' }, { months: 1, days: 0, micros: 0n }, { months: 0, days: 30, micros: 0n }),
    ).toBe(0);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(Math.sign(compareValues(TEXT, a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });

  test('keys are equal exactly when values are', () => {
    expect(keyText(INT64, 5n)).toBe(keyText(DECIMAL, minimalDecimal('5.00')));
    expect(keyText(FLOAT64, -0)).toBe(keyText(FLOAT64, 0));
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        expect(keyText(DECIMAL, a) === keyText(DECIMAL, b)).toBe(compareDecimals(a, b) === 0);
      }),
    );
  });
});

describe('decimals', () => {
  test('addition is exact and commutes', () => {
    expect(addDecimals('0.1', '0.2')).toBe('0.3');
    expect(addDecimals('Infinity', '-Infinity')).toBe('NaN');
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const negated = minimalDecimal(b.startsWith('-') ? b.slice(1) : `-${b}`)!;
        expect(addDecimals(addDecimals(a, b), negated)).toBe(a);
        expect(addDecimals(a, b)).toBe(addDecimals(b, a));
      }),
    );
  });

  test.each([
    ['1', 8n, 2, '0.12'],
    ['3', 8n, 2, '0.38'],
    ['-1', 8n, 2, '-0.12'],
    ['1', 3n, 4, '0.3333'],
    ['2', 3n, 4, '0.6667'],
    ['1.25', 1n, 1, '1.2'],
  ])('%s / %s at scale %s is %s', (sum, count, scale, quotient) => {
    expect(divideDecimal(sum, count, scale)).toBe(quotient);
  });
});
