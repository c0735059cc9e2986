import { columnTypes, type Select } from '../../src/ir/select.js';
import type { DataType } from '../../src/ir/types.js';
import { isDocument } from './values.js';

/** PostgreSQL's own types by their numbers (pg_type.dat), which never change: the type and its array. */
const NUMBERS = {
  bool: [16, 1000],
  int16: [21, 1005],
  int32: [23, 1007],
  int64: [20, 1016],
  float32: [700, 1021],
  float64: [701, 1022],
  decimal: [1700, 1231],
  uuid: [2950, 2951],
  bytes: [17, 1001],
  date: [1082, 1182],
  time: [1083, 1183],
  localdatetime: [1114, 1115],
  instant: [1184, 1185],
  duration: [1186, 1187],
  json: [114, 199],
  jsonb: [3802, 3807],
} as const;
type Known = keyof typeof NUMBERS;

const OURS: ReadonlySet<number> = new Set(Object.values(NUMBERS).flat());
/** Types that a database has made for itself begin here: enums, and arrays of domains. */
const FIRST_OWN = 16_384;

const COUNTED = ['int16', 'int32', 'int64', 'float32', 'float64', 'decimal'] as const;

/**
 * For each column of the answer whether a type of the server's is what the schema takes it for: its text is then read as it
 * is meant. The parents' join values are compared by their text alone.
 */
export function fittingColumns(select: Select): ((number: number) => boolean)[] {
  const parents = columnTypes(select)
    .slice(select.output.length)
    .map(() => () => true);
  return [...parents, ...select.output.map(({ type, leaf }) => fits(type, leaf.kind === 'field'))];
}

/** What is computed may be any number where a number is expected: its text is one. */
function fits(type: DataType, isField: boolean): (number: number) => boolean {
  if (isDocument(type)) return (number) => number === NUMBERS.json[0] || number === NUMBERS.jsonb[0];
  const element = elementOf(type);
  const isList = type.kind === 'list';
  const known = knownAs(element, isField);
  if (known !== null) {
    const numbers: readonly number[] = known.map((name) => NUMBERS[name][isList ? 1 : 0]);
    return isList ? (number) => numbers.includes(number) || number >= FIRST_OWN : (number) => numbers.includes(number);
  }
  if (element.kind === 'enum') return (number) => number >= FIRST_OWN;
  // Text, and whatever is shown as its text: anything but what is read in another way.
  return (number) => !OURS.has(number);
}

function elementOf(type: DataType): DataType {
  return type.kind === 'list' ? elementOf(type.of) : type;
}

function knownAs(type: DataType, isField: boolean): readonly Known[] | null {
  if (!isField && ['int', 'float', 'decimal'].includes(type.kind)) return COUNTED;
  switch (type.kind) {
    case 'int':
      return [`int${type.bits}`];
    case 'float':
      return [`float${type.bits}`];
    case 'json':
      return ['json', 'jsonb'];
    case 'bool':
    case 'decimal':
    case 'uuid':
    case 'bytes':
    case 'date':
    case 'time':
    case 'localdatetime':
    case 'instant':
    case 'duration':
      return [type.kind];
    default:
      return null;
  }
}
