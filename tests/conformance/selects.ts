import type { Entity, Field, Relation } from '../../src/ir/entity.js';
import { structMember } from '../../datasources/memory/world.js';
import { jsonMember } from '../../src/ir/json-member.js';
import { own, place, type Operand, type Place, type Step } from '../../src/ir/operand.js';
import { and, not, or, TRUE, type Comparison, type Predicate, type TextTest } from '../../src/ir/predicate.js';
import {
  groupingType,
  measureType,
  type GroupKey,
  type Groups,
  type Keyset,
  type Measure,
  type MeasureFn,
  type OrderTerm,
  type Select,
} from '../../src/ir/select.js';
import {
  BOOL,
  INT64,
  isEquatable,
  isNumeric,
  isOrdered,
  membersOf,
  TEXT,
  typeAt,
  waysInto,
  type DataType,
} from '../../src/ir/types.js';
import type { Value } from '../../src/ir/value.js';
import type { Random } from '../random.js';
import { TEXTS } from './bazaar.js';

const COMPARISONS: readonly Comparison[] = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte'];
const TESTS: readonly TextTest[] = ['like', 'ilike', 'startsWith', 'endsWith', 'contains', 'regex'];
const MEASURES: readonly MeasureFn[] = [
  'COUNT',
  'COUNT_DISTINCT',
  'SUM',
  'AVG',
  'MIN',
  'MAX',
  'STDDEV',
  'STDDEV_POP',
  'VARIANCE',
  'VARIANCE_POP',
  'QUANTILE',
];
const BUCKETS = ['SECOND', 'MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'] as const;
const PARTS = [
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
] as const;
const ZONES = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kolkata'];

/** Values of a field that its rows hold. */
export type Samples = (field: Field) => readonly unknown[];

export interface SelectsOptions {
  /** The policies of all places; without it some places have one of their own. */
  readonly policyOf?: (entity: Entity) => Predicate;
  /** No parameters. */
  readonly literals?: boolean;
}

/** Makes selects of every kind; literals and parameters by turns, whose values are in `args`. */
/** A field, and what stands in it. */
function insides(field: Field): Operand[] {
  const ways = membersOf(field.type).length > 0 ? waysInto(field.type) : [];
  return [
    own(field),
    ...ways.map((nested): Operand => ({
      steps: [],
      leaf: { kind: 'field', field, nested },
      type: typeAt(field.type, nested)!,
      nullable: true,
    })),
  ];
}

export class Selects {
  readonly args: unknown[] = [];

  constructor(
    private readonly random: Random,
    private readonly entities: readonly Entity[],
    private readonly samples: Samples,
    private readonly options: SelectsOptions = {},
  ) {}

  select(): Select {
    const { random } = this;
    const from = this.place(random.pick(this.entities));
    const shape = random.int(10);
    if (shape < 4) return this.rows(from);
    if (shape < 6) return this.grouped({ ...this.bare(from), where: this.where(from.entity, 2) });
    return this.nested(from);
  }

  /** `wide`: most rows, as parents of others. */
  rows(from: Place, wide = false): Select {
    const { random } = this;
    const { entity } = from;
    const orderBy = this.order(entity);
    const base: Select = {
      ...this.bare(from),
      where: wide && random.chance(0.7) ? TRUE : this.where(entity, 2),
      output: this.output(entity),
      orderBy,
    };
    return {
      ...base,
      ...this.page(entity, orderBy),
      keyset: random.chance(wide ? 0.05 : 0.15) ? this.keyset(orderBy) : [],
    };
  }

  private bare(from: Place): Select {
    return {
      from,
      where: TRUE,
      output: [],
      groups: null,
      orderBy: [],
      limit: null,
      offset: null,
      keyset: [],
      within: null,
    };
  }

  /** Limits only where the order is total, so that there is one answer. */
  private page(entity: Entity, orderBy: readonly OrderTerm[]): Pick<Select, 'limit' | 'offset'> {
    const total = entity.key?.every((name) =>
      orderBy.some(
        ({ operand: { steps, leaf } }) => steps.length === 0 && leaf.kind === 'field' && leaf.field.name === name,
      ),
    );
    if (!total) return { limit: null, offset: null };
    const whole = (n: number): Value => this.value(INT64, BigInt(n));
    const { random } = this;
    return {
      limit: random.chance(0.5) ? whole(random.int(9)) : null,
      offset: random.chance(0.3) ? whole(random.int(3)) : null,
    };
  }

  private keyset(orderBy: readonly OrderTerm[]): Select['keyset'] {
    if (orderBy.length === 0) return [];
    const side = this.random.chance(0.6) ? 'after' : 'before';
    const first: Keyset = { side, inclusive: this.random.chance(0.3), values: this.position(orderBy) };
    if (this.random.chance(0.7)) return [first];
    const other = side === 'after' ? 'before' : 'after';
    return [first, { side: other, inclusive: this.random.chance(0.3), values: this.position(orderBy) }];
  }

  private position(orderBy: readonly OrderTerm[]): Value[] {
    return orderBy.map(({ operand }) => {
      const value =
        operand.leaf.kind === 'field' ? this.random.pick(this.samplesOf(operand.leaf)) : this.number(operand.type);
      const free = value === null && !operand.nullable ? this.sample(operand) : value;
      return this.value(operand.type, free ?? null);
    });
  }

  /** A level within its parents, sometimes itself within others. */
  private nested(from: Place): Select {
    const { random } = this;
    const relations = [...from.entity.relations.values()];
    if (relations.length === 0) return this.rows(from);
    let parents = this.rows(from, true);
    let at = from.entity;
    for (let depth = random.int(2) + 1; ; depth -= 1) {
      const relation = random.pick([...at.relations.values()]);
      const child = this.childOf(relation, parents, depth === 1);
      if (depth === 1) return child;
      parents = child;
      at = relation.to;
    }
  }

  private childOf(relation: Relation, parents: Select, last: boolean): Select {
    const { random } = this;
    const step = this.step(relation);
    const grouped = last && relation.many && random.chance(0.4);
    const level = grouped
      ? this.grouped({ ...this.bare(step.to), where: this.where(relation.to, 1) })
      : this.rows(step.to, !last);
    const keys = last && random.chance(0.3);
    if (!keys) return { ...level, within: { step, parents: { kind: 'select', select: parents } } };
    const columns = relation.on.map(({ from }) => this.samples(from).filter((v) => v !== null && holds(from.type, v)));
    const tuples = Array.from({ length: random.int(5) + 1 }, () => columns.map((values) => random.pick(values)));
    const distinct = tuples.filter(
      (t, i) => !t.includes(undefined) && tuples.findIndex((o) => o.every((v, c) => v === t[c])) === i,
    );
    this.args.push(distinct);
    return { ...level, within: { step, parents: { kind: 'keys', slot: this.args.length - 1 } } };
  }

  private output(entity: Entity): Operand[] {
    const keys = (entity.key ?? []).map((name) => own(entity.fields.get(name)!));
    return [...keys, ...Array.from({ length: this.random.int(3) + 1 }, () => this.operand(entity, () => true)!)];
  }

  private order(entity: Entity): OrderTerm[] {
    const { random } = this;
    if (random.chance(0.2)) return [];
    const some = Array.from({ length: random.int(3) }, () => this.term(this.operand(entity, isOrdered)!));
    const keys = random.chance(0.8) ? (entity.key ?? []).map((name) => this.term(own(entity.fields.get(name)!))) : [];
    return [...some, ...keys];
  }

  private term(operand: Operand): OrderTerm {
    const { random } = this;
    const direction = random.chance(0.6) ? 'asc' : 'desc';
    const nulls = random.chance(0.7) ? 'last' : 'first';
    return { operand, direction, nulls, collate: operand.type.kind === 'text' ? 'BINARY' : 'STORE' };
  }

  private step(relation: Relation): Step {
    return { relation, to: this.place(relation.to), through: relation.through && this.place(relation.through.entity) };
  }

  private place(entity: Entity): Place {
    if (this.options.policyOf) return place(entity, this.options.policyOf(entity));
    if (this.random.chance(0.8)) return place(entity);
    return place(entity, this.where(entity, 0));
  }

  /** A field, one behind to-one steps, or a measure of a to-many. */
  operand(entity: Entity, fits: (type: DataType) => boolean): Operand | null {
    const { random } = this;
    const relations = [...entity.relations.values()];
    const ones = relations.filter((r) => !r.many);
    if (ones.length > 0 && random.chance(0.25)) {
      const step = this.step(random.pick(ones));
      const inner = this.operand(step.to.entity, fits);
      if (inner) return { ...inner, steps: [step, ...inner.steps], nullable: true };
    }
    const manys = relations.filter((r) => r.many);
    if (manys.length > 0 && random.chance(0.15)) {
      const step = this.step(random.pick(manys));
      const measure = this.measure(step.to.entity, 1);
      if (fits(measure.type)) {
        return {
          steps: [],
          leaf: { kind: 'related', step, measure },
          type: measure.type,
          nullable: measure.fn !== 'COUNT',
        };
      }
    }
    const fields = [...entity.fields.values()].flatMap(insides).filter((each) => fits(each.type));
    return fields.length > 0 ? random.pick(fields) : null;
  }

  private samplesOf({ field, nested }: Extract<Operand['leaf'], { kind: 'field' }>): readonly unknown[] {
    const values = this.samples(field);
    const type = typeAt(field.type, nested)!;
    return nested.length === 0
      ? values
      : values.map((v) =>
          v === null
            ? null
            : field.type.kind === 'json'
              ? jsonMember(v as string, nested, type)
              : structMember(v, nested),
        );
  }

  /** An operand whose value every engine gives to the last bit. */
  private exact(entity: Entity, fits: (type: DataType) => boolean): Operand | null {
    const operand = this.operand(entity, fits);
    return operand && isSpread(operand) ? null : operand;
  }

  private measure(entity: Entity, depth: number): Measure {
    const { random } = this;
    const fn = random.pick(MEASURES);
    const fits: (type: DataType) => boolean =
      fn === 'COUNT'
        ? () => true
        : fn === 'COUNT_DISTINCT'
          ? isEquatable
          : fn === 'MIN' || fn === 'MAX'
            ? isOrdered
            : isNumeric;
    const able = [...entity.fields.values()].some((f) => fits(f.type));
    const chosen = able ? fn : 'COUNT';
    const operand =
      chosen === 'COUNT' && random.chance(0.5)
        ? null
        : (depth > 0 && this.exact(entity, chosen === fn ? fits : () => true)) ||
          own(random.pick([...entity.fields.values()].filter((f) => chosen !== fn || fits(f.type))));
    return {
      fn: chosen,
      operand,
      q: chosen === 'QUANTILE' ? this.value({ kind: 'float', bits: 64 }, random.pick([0, 0.25, 0.5, 0.75, 1])) : null,
      where: random.chance(0.3) ? this.where(entity, 0) : TRUE,
      collate: operand?.type.kind === 'text' ? 'BINARY' : 'STORE',
      approximate: false,
      type: measureType(chosen, operand?.type ?? null),
    };
  }

  private grouped(base: Select): Select {
    const { random } = this;
    const { entity } = base.from;
    const keys = Array.from({ length: random.int(3) }, () => this.groupKey(entity));
    const measures = Array.from({ length: random.int(3) + (keys.length === 0 ? 1 : 0) }, () => this.measure(entity, 1));
    const keyOf = (index: number): Operand => ({
      steps: [],
      leaf: { kind: 'groupKey', index },
      type: keys[index]!.type,
      nullable: true,
    });
    const measureOf = (index: number): Operand => ({
      steps: [],
      leaf: { kind: 'groupMeasure', index },
      type: measures[index]!.type,
      nullable: true,
    });
    const output = [...keys.map((_, i) => keyOf(i)), ...measures.map((_, i) => measureOf(i))];
    const comparable = output.filter((o) => isOrdered(o.type) && !isInexact(o, measures));
    const having = comparable.length > 0 && random.chance(0.3) ? this.compare(random.pick(comparable)) : TRUE;
    const groups: Groups = { keys, measures, having };
    const total = keys.length > 0 && keys.every((k) => isOrdered(k.type));
    const orderBy = total ? keys.map((_, i) => this.term(keyOf(i))) : [];
    return {
      ...base,
      output,
      groups,
      orderBy,
      limit: total && random.chance(0.3) ? this.value(INT64, BigInt(random.int(4))) : null,
    };
  }

  private groupKey(entity: Entity): GroupKey {
    const { random } = this;
    const timed = random.chance(0.4)
      ? this.operand(entity, (type) => ['date', 'localdatetime', 'instant'].includes(type.kind))
      : null;
    const operand = timed ?? this.operand(entity, (type) => isEquatable(type) && type.kind !== 'duration')!;
    const key = (grouping: GroupKey['grouping']): GroupKey => ({
      operand,
      grouping,
      type: groupingType(operand.type, grouping),
    });
    const { kind } = operand.type;
    const zone = kind === 'instant' ? random.pick(ZONES) : null;
    if (['date', 'localdatetime', 'instant'].includes(kind) && random.chance(0.8)) {
      const finest = kind === 'date' ? 3 : 0;
      if (random.chance(0.5)) return key({ kind: 'bucket', bucket: random.pick(BUCKETS.slice(finest)), zone });
      return key({ kind: 'part', part: random.pick(kind === 'date' ? PARTS.slice(0, 7) : PARTS), zone });
    }
    if (isNumeric(operand.type) && random.chance(0.5)) {
      return key({ kind: 'width', width: random.pick([0.5, 4, 16]), origin: random.pick([0, -1, 0.25]) });
    }
    return key({ kind: 'value' });
  }

  where(entity: Entity, depth: number): Predicate {
    const { random } = this;
    const roll = random.int(10);
    if (roll < 1) return TRUE;
    if (roll < 4) return this.leaf(entity, depth);
    // Mostly or, since one leaf alone often keeps nothing.
    const parts = Array.from({ length: random.int(4) + 1 }, () => this.leaf(entity, depth));
    const whole = random.chance(0.1) ? and(...parts) : or(...parts);
    return random.chance(0.15) ? not(whole) : whole;
  }

  private leaf(entity: Entity, depth: number): Predicate {
    const p = this.positive(entity, depth);
    return this.random.chance(0.25) ? not(p) : p;
  }

  private positive(entity: Entity, depth: number): Predicate {
    const { random } = this;
    const relations = [...entity.relations.values()];
    const anywhere = (fits: (type: DataType) => boolean): Operand | null => {
      if (depth > 0) return this.operand(entity, fits);
      const fields = [...entity.fields.values()].filter((f) => fits(f.type));
      return fields.length > 0 ? own(random.pick(fields)) : null;
    };
    const has = (fits: (type: DataType) => boolean): boolean => [...entity.fields.values()].some((f) => fits(f.type));
    switch (random.int(9)) {
      case 0:
        return { kind: 'isNull', operand: anywhere(() => true)!, negated: false };
      case 1: {
        const operand = anywhere(isEquatable)!;
        if (isSpread(operand)) break;
        const values = Array.from({ length: random.int(7) }, () => this.sample(operand)).filter((v) => v !== null);
        return { kind: 'in', operand, value: this.value(operand.type, values, true), negated: false };
      }
      case 2:
        if (!has((t) => t.kind === 'float')) break;
        return {
          kind: 'float',
          operand: own(random.pick([...entity.fields.values()].filter((f) => f.type.kind === 'float'))),
          test: random.pick(['isNaN', 'isFinite']),
          negated: false,
        };
      case 3:
      case 4: {
        const operand = anywhere((t) => t.kind === 'text');
        if (operand) return this.text(operand);
        break;
      }
      case 5:
        if (has(isListOfStructs) && random.chance(0.8)) {
          return this.elements(random.pick([...entity.fields.values()].filter((f) => isListOfStructs(f.type))));
        }
        if (!has((t) => t.kind === 'list')) break;
        return this.list(own(random.pick([...entity.fields.values()].filter((f) => f.type.kind === 'list'))));
      case 6: {
        const left = anywhere(isOrdered)!;
        const others = [...entity.fields.values()].filter((f) => JSON.stringify(f.type) === JSON.stringify(left.type));
        if (others.length === 0 || isSpread(left)) break;
        return {
          kind: 'compareOperands',
          left,
          op: random.pick(COMPARISONS),
          right: own(random.pick(others)),
          collate: 'BINARY',
        };
      }
      case 7:
        if (relations.length === 0 || depth === 0) break;
        {
          const relation = random.pick(relations);
          const quantifier = random.pick(['some', 'every'] as const);
          return {
            kind: 'related',
            step: this.step(relation),
            quantifier,
            where: this.where(relation.to, 0),
            negated: false,
          };
        }
    }
    const operand = anywhere(isEquatable)!;
    return isSpread(operand) ? { kind: 'isNull', operand, negated: false } : this.compare(operand);
  }

  private compare(operand: Operand): Predicate {
    const { random } = this;
    const op = random.pick(isOrdered(operand.type) ? COMPARISONS : COMPARISONS.slice(0, 2));
    const value = this.value(operand.type, this.sample(operand));
    return {
      kind: 'compare',
      operand,
      op,
      value,
      collate: operand.type.kind === 'text' && op !== 'eq' && op !== 'ne' ? 'BINARY' : 'STORE',
    };
  }

  private text(operand: Operand): Predicate {
    const { random } = this;
    const test = random.pick(TESTS);
    const whole = random.chance(0.8) ? this.sample(operand) : random.pick(TEXTS);
    const characters = Array.from(typeof whole === 'string' ? whole : 'a');
    const part = test === 'endsWith' ? characters.slice(-1).join('') : characters.slice(0, 1 + random.int(2)).join('');
    const escaped = part.replace(/[\\%_]/g, '\\$&');
    const wanted =
      test === 'like' || test === 'ilike'
        ? random.pick([escaped, `%${escaped}%`, '_', '%a%', `${escaped}%`, 'alpha'])
        : test === 'regex'
          ? random.pick(['a', '^a', 'b$', '[A-Za-z]', '.', '^$', 'a|b', '\\d', '(ab)+', '[^a]', 'x.y', '\\\\', '😀'])
          : part;
    return { kind: 'text', operand, test, value: this.value(TEXT, wanted), negated: false };
  }

  /** Conditions of one element of a list of structs. */
  private elements(field: Field): Predicate {
    const { random } = this;
    const of = (field.type as Extract<DataType, { kind: 'list' }>).of;
    const structs = (this.samples(field) as readonly (readonly unknown[] | null)[]).flatMap((some) => some ?? []);
    const leaf = (): Predicate => {
      const nested = random.pick(waysInto(of).filter((way) => isOrdered(typeAt(of, way)!)));
      const type = typeAt(of, nested)!;
      const operand: Operand = { steps: [], leaf: { kind: 'element', nested }, type, nullable: true };
      const values = structs.map((each) => structMember(each, nested)).filter((v) => v !== null);
      const roll = random.int(4);
      if (roll === 0) return { kind: 'isNull', operand, negated: random.chance(0.5) };
      if (roll === 1)
        return {
          kind: 'in',
          operand,
          value: this.value(type, [random.pick(values), random.pick(values)], true),
          negated: random.chance(0.3),
        };
      const op = random.pick(COMPARISONS);
      const collate = type.kind === 'text' && op !== 'eq' && op !== 'ne' ? 'BINARY' : 'STORE';
      return { kind: 'compare', operand, op, value: this.value(type, random.pick(values)), collate };
    };
    const parts = Array.from({ length: random.int(2) + 1 }, leaf);
    const where = random.chance(0.5) ? and(...parts) : or(...parts);
    const quantifier = random.pick(['some', 'every'] as const);
    return { kind: 'elements', operand: own(field), quantifier, where, negated: false };
  }

  private list(operand: Operand): Predicate {
    const { random } = this;
    if (isListOfStructs(operand.type))
      return {
        kind: 'list',
        operand,
        test: 'isEmpty',
        value: this.value(BOOL, random.chance(0.5)),
        negated: false,
      };
    const type = operand.type.kind === 'list' ? operand.type.of : TEXT;
    const lists = this.samples((operand.leaf as { readonly field: Field }).field) as readonly (
      readonly unknown[] | null
    )[];
    const elements = lists.flatMap((l) => l ?? []).filter((v) => v !== null);
    if (type.kind === 'int') elements.push(2n ** 40n);
    const test = random.pick(['has', 'hasAny', 'hasAll', 'isEmpty'] as const);
    const some = (): unknown[] => Array.from({ length: random.int(3) }, () => random.pick(elements));
    const value =
      test === 'isEmpty'
        ? this.value(BOOL, random.chance(0.5))
        : test === 'has'
          ? this.value(type, random.pick(elements))
          : this.value(type, some(), true);
    return { kind: 'list', operand, test, value, negated: false };
  }

  /** A value that the operand may have. */
  private sample(operand: Operand): unknown {
    if (operand.leaf.kind !== 'field') return this.number(operand.type);
    const values = this.samplesOf(operand.leaf).filter((v) => v !== null);
    return values.length > 0 ? this.random.pick(values) : this.number(operand.type);
  }

  private number(type: DataType): unknown {
    const n = this.random.int(5);
    switch (type.kind) {
      case 'int':
        return BigInt(n);
      case 'float':
        return n / 2;
      case 'decimal':
        return String(n);
      case 'bool':
        return n > 2;
      case 'date':
        return n * 100;
      case 'enum':
        return type.values[n % type.values.length];
      case 'uuid':
        return '00000000-0000-0000-0000-000000000001';
      case 'bytes':
        return new Uint8Array([n]);
      case 'time':
      case 'localdatetime':
      case 'instant':
        return BigInt(n) * 1_000_000n;
      case 'duration':
        return { months: n, days: 0, micros: 0n };
      default:
        return ['a', '', 'Nord', 'pear', 'red'][n];
    }
  }

  private value(type: DataType, value: unknown, many = false): Value {
    if (this.options.literals || this.random.chance(0.5)) return { kind: 'literal', type, many, value };
    this.args.push(value);
    return { kind: 'parameter', type, many, slot: this.args.length - 1 };
  }
}

function isListOfStructs(type: DataType): boolean {
  return type.kind === 'list' && type.of.kind === 'struct';
}

const INEXACT: ReadonlySet<MeasureFn> = new Set([
  'STDDEV',
  'STDDEV_POP',
  'VARIANCE',
  'VARIANCE_POP',
  'AVG',
  'QUANTILE',
]);

/** Floats that two engines may round differently in the last bit: not to be compared with, only read. */
function isSpread({ leaf }: Operand): boolean {
  return leaf.kind === 'related' && INEXACT.has(leaf.measure.fn);
}

function isInexact({ leaf }: Operand, measures: readonly Measure[]): boolean {
  return leaf.kind === 'groupMeasure' && INEXACT.has(measures[leaf.index]!.fn);
}

/** Samples are of fields of the same name, which may have more bits. */
function holds(type: DataType, value: unknown): boolean {
  return type.kind !== 'int' || BigInt.asIntN(type.bits, value as bigint) === value;
}
