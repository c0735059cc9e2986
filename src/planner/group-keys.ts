import { badInput } from '../errors.js';
import type { Entity } from '../ir/entity.js';
import { Hole, type GroupKeyRef, type Input } from '../ir/query.js';
import { groupingType, type DatePart, type Grouping, type TimeBucket } from '../ir/select.js';
import { isZone } from '../ir/time.js';
import { isEquatable, isNumeric, typeName, type DataType } from '../ir/types.js';
import { asList, asObject } from './bind-where.js';
import { parsePath, typeOfPath } from './scope.js';

export const TIME_BUCKETS: readonly TimeBucket[] = [
  'SECOND',
  'MINUTE',
  'HOUR',
  'DAY',
  'WEEK',
  'MONTH',
  'QUARTER',
  'YEAR',
];
export const DATE_PARTS: readonly DatePart[] = [
  'YEAR',
  'QUARTER',
  'MONTH',
  'WEEK',
  'DAY',
  'DAY_OF_WEEK',
  'DAY_OF_YEAR',
  'HOUR',
  'MINUTE',
  'SECOND',
];

const MOST_KEYS = 20;
const MOST_NAME = 128;

/** `by`: the keys of groups, in their order. What it says is the plan's, so it holds no Holes. */
export function groupKeysOf(entity: Entity, by: Input, field: string): readonly GroupKeyRef[] {
  const keys = asList(by, field).map((each, i) => keyOf(entity, each, `${field}[${i}]`));
  if (keys.length === 0) throw badInput(field, 'at least one key', [], 'ask for the aggregate to group by nothing');
  if (keys.length > MOST_KEYS) throw badInput(field, `at most ${MOST_KEYS} keys`, keys.length);
  const names = keys.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw badInput(field, 'each key under a name of its own', twice, 'name one of them by `as`');
  return keys;
}

const FIELDS = ['path', 'as', 'bucket', 'part', 'zone', 'width', 'origin'];

function keyOf(entity: Entity, input: Input, field: string): GroupKeyRef {
  const given = Object.fromEntries(
    Object.entries(asObject(input, field)).filter(([, value]) => value !== null && value !== undefined),
  );
  const unknown = Object.keys(given).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) throw badInput(`${field}.${unknown}`, FIELDS.join(', '), unknown);
  const { path, as } = given;
  if (typeof path !== 'string') throw badInput(`${field}.path`, `a path of ${entity.entity}`, path ?? null);
  const ref = parsePath(entity, path, `${field}.path`);
  const type = typeOfPath(entity, ref);
  const grouping = groupingOf(type, given, field);
  if (grouping.kind === 'value' && !isEquatable(type)) {
    throw badInput(`${field}.path`, 'a field whose values can be equal', typeName(type));
  }
  return { name: nameOf(as, path, `${field}.as`), path: ref, grouping, type: groupingType(type, grouping) };
}

function nameOf(as: Input, path: string, field: string): string {
  if (as === undefined) return path;
  if (typeof as !== 'string' || as === '' || as.length > MOST_NAME || /\p{Cc}/u.test(as) || !as.isWellFormed()) {
    throw badInput(field, `a name of 1 to ${MOST_NAME} characters`, as);
  }
  return as;
}

function groupingOf(type: DataType, given: Readonly<Record<string, Input>>, field: string): Grouping {
  const { bucket, part, zone, width, origin } = given;
  const ways = ['bucket', 'part', 'width'].filter((name) => given[name] !== undefined);
  if (ways.length > 1) throw badInput(field, 'one of bucket, part and width', ways.join(' and '));
  if (zone !== undefined && bucket === undefined && part === undefined) {
    throw badInput(`${field}.zone`, 'zone beside bucket or part', zone);
  }
  if (origin !== undefined && width === undefined) throw badInput(`${field}.origin`, 'origin beside width', origin);
  if (width !== undefined) return widthOf(type, width, origin, field);
  if (bucket === undefined && part === undefined) return { kind: 'value' };
  const name = bucket === undefined ? 'part' : 'bucket';
  const dated = type.kind === 'date' || type.kind === 'localdatetime' || type.kind === 'instant';
  if (!dated) throw badInput(`${field}.${name}`, 'a date or a time of a day', typeName(type));
  const place = zoneOf(type, zone, `${field}.zone`);
  if (bucket !== undefined) {
    const found = TIME_BUCKETS.find((each) => each === bucket);
    if (!found) throw badInput(`${field}.bucket`, TIME_BUCKETS.join(', '), bucket);
    if (type.kind === 'date' && TIME_BUCKETS.indexOf(found) < TIME_BUCKETS.indexOf('DAY')) {
      throw badInput(`${field}.bucket`, 'DAY or longer for a date', bucket);
    }
    return { kind: 'bucket', bucket: found, zone: place };
  }
  const found = DATE_PARTS.find((each) => each === part);
  if (!found) throw badInput(`${field}.part`, DATE_PARTS.join(', '), part);
  return { kind: 'part', part: found, zone: place };
}

function zoneOf(type: DataType, zone: Input, field: string): string | null {
  if (zone === undefined) return type.kind === 'instant' ? 'UTC' : null;
  if (type.kind !== 'instant') throw badInput(field, 'no zone: the type has none', zone);
  if (zone instanceof Hole) throw new Error(`${field} reached binding as a slot`);
  if (typeof zone !== 'string' || !isZone(zone))
    throw badInput(field, 'a zone of the IANA database, as Europe/Paris', zone);
  return zone;
}

function widthOf(type: DataType, width: Input, origin: Input, field: string): Grouping {
  if (!isNumeric(type)) throw badInput(`${field}.width`, 'a field of numbers', typeName(type));
  if (typeof width !== 'number' || !Number.isFinite(width) || width <= 0) {
    throw badInput(`${field}.width`, 'a number above 0', width);
  }
  const from = origin ?? 0;
  if (typeof from !== 'number' || !Number.isFinite(from)) throw badInput(`${field}.origin`, 'a number', origin);
  return { kind: 'width', width, origin: from };
}
