import type { Entity, Field } from '../ir/entity.js';
import { own, type Operand, type Place } from '../ir/operand.js';
import { TRUE } from '../ir/predicate.js';
import { selectFrom, type GroupKey, type Measure, type MeasureFn, type Select } from '../ir/select.js';
import { isCollated, type DataType } from '../ir/types.js';
import type { Capabilities } from '../store/capabilities.js';

/** Groups that a store makes of the rows of a place. To compute they are the rows of an entity, with a field a column. */
export class GroupRows {
  readonly entity: Entity;
  private readonly fields = new Map<string, Field>();
  private readonly keys: GroupKey[] = [];
  private readonly measures: Measure[] = [];

  constructor(
    private readonly from: Place,
    name: string,
  ) {
    const { source } = from.entity;
    const none = { description: null, key: null, unique: [], relations: new Map(), native: null };
    this.entity = { source, entity: name, fields: this.fields, ...none };
  }

  /** Adds a key that is a field as it is. */
  by(field: Field): Field {
    if (!this.fields.has(field.name)) this.keys.push(valueOf(field));
    this.fields.set(field.name, field);
    return field;
  }

  /** Adds any key. */
  key(key: GroupKey): Field {
    return this.add(`key ${this.keys.push(key)}`, key.type);
  }

  /** Adds a measure; given back is the one that compute makes of those of groups. */
  measure(measure: Measure, merge: MeasureFn): Measure {
    // Compute tells nobody how far an estimate is off.
    const exact = { ...measure, approximate: false };
    const field = this.add(`measure ${this.measures.push(exact)}`, heldType(measure));
    const merged = { ...exact, fn: merge, operand: own(field), q: null, where: TRUE };
    return isCount(measure) ? { ...merged, ofCounts: true } : merged;
  }

  /** What the store is asked; its columns are the fields. */
  select(): Select {
    const keyAt = ({ type }: GroupKey, index: number): Operand => at({ kind: 'groupKey', index }, type);
    const measureAt = ({ type }: Measure, index: number): Operand => at({ kind: 'groupMeasure', index }, type);
    return selectFrom(this.from, {
      groups: { keys: this.keys, measures: this.measures, having: TRUE },
      output: [...this.keys.map(keyAt), ...this.measures.map(measureAt)],
    });
  }

  private add(name: string, type: DataType): Field {
    const field: Field = { name, type, nullable: true, description: null, native: null };
    this.fields.set(name, field);
    return field;
  }
}

function valueOf(field: Field): GroupKey {
  return { operand: own(field), grouping: { kind: 'value' }, type: field.type };
}

function at(leaf: Operand['leaf'], type: DataType): Operand {
  return { steps: [], leaf, type, nullable: true };
}

function isCount({ fn }: Measure): boolean {
  return fn === 'COUNT' || fn === 'COUNT_DISTINCT';
}

/** How a measure is made of that of one group, or of none. */
export function mergeOne(measure: Measure): MeasureFn {
  return isCount(measure) ? 'SUM' : 'MAX';
}

/** How a measure is made of those of several groups, to the last digit; undefined where that cannot be. */
export function mergeMany({ fn, operand, collate }: Measure, { textOrder }: Capabilities): MeasureFn | undefined {
  switch (fn) {
    case 'COUNT':
      return 'SUM';
    case 'SUM':
      return operand!.type.kind === 'float' ? undefined : 'SUM';
    case 'MIN':
    case 'MAX':
      return collate === 'STORE' && isCollated(operand!.type) && textOrder === 'own' ? undefined : fn;
    default:
      return undefined;
  }
}

/** Digits of a whole number, and of how many rows a group can have. */
const INT_DIGITS = 19;
const COUNT_DIGITS = 12;
/** Of a decimal that compute holds outside of memory. */
const MOST_DIGITS = 38;
/** Digits that the average of a decimal has more than its values. */
const AVERAGE_DIGITS = 6;

/** The type of a measure with as many digits as it can have, where those of its operand are known. */
function heldType({ fn, operand, type }: Measure): DataType {
  const of = operand?.type;
  if (type.kind !== 'decimal' || type.precision !== null) return type;
  const digits = of?.kind === 'int' ? INT_DIGITS : of?.kind === 'decimal' ? of.precision : null;
  return { ...type, precision: digits && digits + (fn === 'AVG' ? AVERAGE_DIGITS : COUNT_DIGITS) };
}

/** More than compute can hold on the disk, where its operand is not: then rows move. */
export function isTooLong(measure: Measure): boolean {
  const { operand } = measure;
  const held = heldType(measure);
  const given = operand?.type.kind === 'decimal' ? operand.type.precision : 0;
  return held.kind === 'decimal' && (held.precision ?? 0) > MOST_DIGITS && given !== null && given <= MOST_DIGITS;
}
