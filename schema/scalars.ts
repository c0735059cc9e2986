import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped, type ValueNode } from 'graphql';

/**
 * The scalars of the API. As inputs they are checked for their form and handed on as JSON-like data; the planner makes
 * the value of a type out of it, so that GraphQL and JSON callers are read by the same code.
 */
interface ScalarSpec {
  readonly name: string;
  readonly description: string;
  readonly specifiedByURL?: string;
  /** Whether the form fits; the message says `expected`. */
  readonly fits: (value: unknown) => boolean;
  readonly expected: string;
}

function scalar(spec: ScalarSpec): GraphQLScalarType {
  const check = (value: unknown): unknown => {
    if (spec.fits(value)) return value;
    throw new GraphQLError(`${spec.name}: expected ${spec.expected}, got ${shown(value)}`);
  };
  return new GraphQLScalarType({
    name: spec.name,
    description: spec.description,
    specifiedByURL: spec.specifiedByURL ?? null,
    serialize: (value) =>
      typeof value === 'bigint' ? String(value) : value instanceof Date ? value.toISOString() : value,
    parseValue: check,
    parseLiteral: (node) => check(plainLiteral(node)),
  });
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? 'nothing' : text.slice(0, 80);
}

/** A literal as data; an integer past 2^53 stays text, so that no digit is lost. */
function plainLiteral(node: ValueNode): unknown {
  if (node.kind !== Kind.INT) return valueFromASTUntyped(node);
  const number = Number(node.value);
  return Number.isSafeInteger(number) ? number : node.value;
}

const matches =
  (pattern: RegExp) =>
  (value: unknown): boolean =>
    typeof value === 'string' && pattern.test(value);
const isInteger = (value: unknown): boolean =>
  Number.isSafeInteger(value) ||
  (typeof value === 'string' && /^[+-]?\d{1,20}$/.test(value) && BigInt.asIntN(64, BigInt(value)) === BigInt(value));

export const BigIntScalar = scalar({
  name: 'BigInt',
  description:
    'A 64-bit signed integer: a string of digits in answers ("9007199254740993"); in arguments a string or a number up to 2^53.',
  fits: isInteger,
  expected: 'a 64-bit integer as a string of digits, or a number up to 2^53',
});

export const SafeIntScalar = scalar({
  name: 'SafeInt',
  description: 'A whole number within ±(2^53 − 1), as a JSON number: counts, sequences, sizes.',
  fits: (value) => Number.isSafeInteger(value),
  expected: 'a whole number within ±(2^53 − 1)',
});

export const DecimalScalar = scalar({
  name: 'Decimal',
  description:
    'An exact decimal number as a string ("12.50"); also "NaN", "Infinity", "-Infinity". Arguments may be numbers.',
  fits: (value) =>
    (typeof value === 'number' && Number.isFinite(value)) ||
    matches(/^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,5})?|NaN|-?Infinity)$/)(value),
  expected: 'a decimal number, best as a string ("12.50")',
});

const DATE = String.raw`(?:[+-]\d{6}|\d{4})-\d\d-\d\d`;
const TIME = String.raw`\d\d:\d\d(?::\d\d(?:\.\d+)?)?`;

export const DateScalar = scalar({
  name: 'Date',
  description: 'A calendar date: "2001-02-28"; years outside 0000–9999 with sign and six digits.',
  fits: matches(new RegExp(`^${DATE}$`)),
  expected: 'a date as "2001-02-28"',
});

export const TimeScalar = scalar({
  name: 'Time',
  description: 'A time of day without zone, to the microsecond: "23:59:59.5".',
  fits: matches(new RegExp(`^${TIME}$`)),
  expected: 'a time of day as "23:59:59.5"',
});

export const DateTimeScalar = scalar({
  name: 'DateTime',
  description:
    'An instant to the microsecond, in UTC in answers: "2001-02-28T23:59:59.000001Z". Arguments need an offset.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  fits: matches(new RegExp(`^${DATE}[Tt ]${TIME}(?:[Zz]|[+-]\\d\\d:?\\d\\d)$`)),
  expected: 'a date and time with offset as "2001-02-28T23:59:59Z"',
});

export const LocalDateTimeScalar = scalar({
  name: 'LocalDateTime',
  description: 'A date and time without zone, to the microsecond: "2001-02-28T23:59:59".',
  fits: matches(new RegExp(`^${DATE}[Tt ]${TIME}$`)),
  expected: 'a date and time without offset as "2001-02-28T23:59:59"',
});

export const DurationScalar = scalar({
  name: 'Duration',
  description: 'A duration of ISO 8601: "P1Y2M3DT4H5M6.7S". Compared with a month of 30 days and a day of 24 hours.',
  fits: matches(
    /^-?P(?=.)(?:-?\d+Y)?(?:-?\d+M)?(?:-?\d+W)?(?:-?\d+D)?(?:T(?=.)(?:-?\d+H)?(?:-?\d+M)?(?:-?\d+(?:\.\d+)?S)?)?$/,
  ),
  expected: 'an ISO 8601 duration as "P1DT2H"',
});

export const UUIDScalar = scalar({
  name: 'UUID',
  description: 'A UUID in lower case: "123e4567-e89b-12d3-a456-426614174000".',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc9562',
  fits: matches(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i),
  expected: 'a UUID',
});

export const BytesScalar = scalar({
  name: 'Bytes',
  description: 'Bytes as base64 with padding.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc4648#section-4',
  fits: matches(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/),
  expected: 'base64 with padding',
});

export const VectorScalar = scalar({
  name: 'Vector',
  description: 'A list of finite numbers.',
  fits: (value) => Array.isArray(value) && value.every((n) => typeof n === 'number' && Number.isFinite(n)),
  expected: 'a list of finite numbers',
});

export const JSONScalar = scalar({
  name: 'JSON',
  description: 'Any JSON value. Whole numbers past 2^53 written in a document arrive as strings of digits.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
  fits: (value) => value !== undefined,
  expected: 'a JSON value',
});
