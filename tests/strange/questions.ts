import { isEquatable, isOrdered } from '../../src/ir/types.js';
import type { Entity, Field, Relation } from '../../src/ir/entity.js';
import { operatorsOf } from '../../src/planner/bind-where.js';
import type { Served } from '../e2e/served.js';

export type Row = Readonly<Record<string, unknown>>;

/** JSON with the keys of its objects in one order: two values are the same when it is. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    each !== null && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

export function sorted(rows: readonly unknown[]): readonly string[] {
  return rows.map(canonical).sort();
}

/** Asks one source; an answer without data, or with an error, fails. */
export class Asker {
  asked = 0;
  constructor(
    private readonly gateway: Served,
    private readonly source: string,
  ) {}

  async ask(
    selection: string,
    variables: Readonly<Record<string, { type: string; value: unknown }>> = {},
  ): Promise<Row> {
    this.asked += 1;
    const declared = Object.entries(variables).map(([name, { type }]) => `$${name}: ${type}`);
    const head = declared.length > 0 ? `query (${declared.join(', ')})` : 'query';
    const values = Object.fromEntries(Object.entries(variables).map(([name, { value }]) => [name, value]));
    const { data, errors } = await this.gateway.ask(`${head} { ${this.source} { ${selection} } }`, values);
    const answer = (data as Record<string, Row | null> | undefined)?.[this.source];
    if (errors !== undefined || !answer) throw new Error(`${selection}\n${JSON.stringify(errors)}`);
    return answer;
  }

  rows(entity: Entity): Promise<readonly Row[]> {
    const fields = [...entity.fields.keys()].join(' ');
    return this.ask(`rows: ${entity.entity}(first: 1000) { ${fields} }`).then(({ rows }) => rows as readonly Row[]);
  }
}

/** How often each filter keeps a row, by what it is to keep. */
export interface Count {
  readonly name: string;
  readonly where: string;
  readonly expected: number;
}

/** Filters over one field whose answers its own values tell. `nulls` is how many are null in the store. */
export function filtersOf(
  field: Field,
  rows: readonly Row[],
  nulls: number,
  write: (value: unknown) => string,
): Count[] {
  const operators = operatorsOf(field.type);
  const total = rows.length - nulls;
  const counts: Count[] = [];
  const count = (operator: string, value: string, expected: number): void => {
    if (operators.includes(operator)) {
      counts.push({
        name: `${operator}_${counts.length}`,
        where: `{ ${field.name}: { ${operator}: ${value} } }`,
        expected,
      });
    }
  };
  count('isNull', 'true', nulls);
  count('isNull', 'false', total);
  // What is null in an answer though not in the store is no number and no date.
  const values = rows.map((row) => row[field.name]).filter((value) => value !== null);
  const unshown = total - values.length;
  const chosen = [...new Map(values.map((value) => [canonical(value), value])).values()].slice(0, 4);
  for (const value of chosen) {
    const same = values.filter((each) => canonical(each) === canonical(value)).length;
    count('eq', write(value), same);
    count('ne', write(value), total - same);
    count('in', `[${write(value)}]`, same);
    count('notIn', `[${write(value)}]`, total - same);
    if (field.type.kind === 'text') {
      count('contains', write(value), values.filter((each) => (each as string).includes(value as string)).length);
      count('startsWith', write(value), values.filter((each) => (each as string).startsWith(value as string)).length);
      count('endsWith', write(value), values.filter((each) => (each as string).endsWith(value as string)).length);
    }
  }
  if (isOrdered(field.type) && unshown === 0) {
    const all = chosen.length === new Set(values.map(canonical)).size;
    if (all && chosen.length > 0) count('in', `[${chosen.map(write).join(', ')}]`, total);
  }
  if (field.type.kind === 'list') {
    const lists = values as (readonly unknown[])[];
    count('isEmpty', 'true', lists.filter((list) => list.length === 0).length);
    const element = lists.flat().find((each) => each !== null);
    if (element !== undefined && field.type.of.kind !== 'list') {
      const having = lists.filter((list) => list.some((each) => canonical(each) === canonical(element))).length;
      count('has', write(element), having);
      count('hasAny', `[${write(element)}]`, having);
      count('hasAll', `[${write(element)}]`, having);
    }
  }
  return counts;
}

export function comparable(field: Field): boolean {
  return isEquatable(field.type);
}

/** Below, equal and above each value are all rows that are not null. */
export function thirds(field: Field, rows: readonly Row[], write: (value: unknown) => string): readonly string[] {
  const first = rows.map((row) => row[field.name]).find((value) => value !== null);
  if (first === undefined || !isOrdered(field.type)) return [];
  return ['lt', 'eq', 'gt'].map((operator) => `{ ${field.name}: { ${operator}: ${write(first)} } }`);
}

/** The rows on the far side of a relation, by the rows of both entities. */
export function related(relation: Relation, row: Row, rowsOf: (entity: Entity) => readonly Row[]): readonly Row[] {
  const joins = (near: Row, far: Row, pairs: Relation['on']): boolean =>
    pairs.every(({ from, to }) => near[from.name] !== null && canonical(near[from.name]) === canonical(far[to.name]));
  const { to, on, through } = relation;
  if (!through) return rowsOf(to).filter((far) => joins(row, far, on));
  const between = rowsOf(through.entity).filter((junction) => joins(row, junction, on));
  return rowsOf(to).filter((far) => between.some((junction) => joins(junction, far, through.on)));
}
