import { describe, expect, test } from '@jest/globals';
import { fieldOf, type Entity } from '../../src/ir/entity.js';
import { own, place } from '../../src/ir/operand.js';
import { and, FALSE, not, or, TRUE, type Comparison, type Predicate } from '../../src/ir/predicate.js';
import type { Measure, OrderTerm, Select } from '../../src/ir/select.js';
import { INT64, isEquatable, isOrdered } from '../../src/ir/types.js';
import { literal, literals } from '../../src/ir/value.js';
import type { Row } from '../../src/store/batch.js';
import { cases, Random, seed } from '../random.js';
import { lines, sorted } from './answers.js';
import type { Harness, Subject } from './harness/harness.js';

const SEED = seed();
const { signal } = new AbortController();
const COMPARISONS: readonly Comparison[] = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte'];
const COUNT: Measure = {
  fn: 'COUNT',
  operand: null,
  q: null,
  where: TRUE,
  collate: 'STORE',
  approximate: false,
  type: INT64,
};

function selectOf(entity: Entity, where: Predicate, more: Partial<Select> = {}): Select {
  return {
    from: place(entity),
    where,
    output: [...entity.fields.values()].map(own),
    groups: null,
    orderBy: [],
    limit: null,
    offset: null,
    keyset: [],
    within: null,
    ...more,
  };
}

/** A leaf over a random field, with a value that one of the rows has, and the field that a null of makes it undecided. */
function leafOf(random: Random, entity: Entity, all: readonly Row[]): { p: Predicate; field: string } {
  const field = random.pick([...entity.fields.values()].filter((f) => isEquatable(f.type)));
  const index = [...entity.fields.keys()].indexOf(field.name);
  const values = all.map((row) => row[index]).filter((v) => v !== null);
  const operand = own(field);
  if (values.length === 0 || random.chance(0.3)) {
    const some = values.length === 0 ? [] : [random.pick(values), random.pick(values)];
    const value = literals(field.type, some);
    return { p: { kind: 'in', operand, value, negated: random.chance(0.5) }, field: field.name };
  }
  const op = random.pick(isOrdered(field.type) ? COMPARISONS : COMPARISONS.slice(0, 2));
  const value = literal(field.type, random.pick(values));
  const collate = field.type.kind === 'text' && op !== 'eq' && op !== 'ne' ? 'BINARY' : 'STORE';
  return { p: { kind: 'compare', operand, op, value, collate }, field: field.name };
}

/** Thousands of questions at full size, beside other work. */
const LONG_MS = 1_200_000;

/** What is true of any store's answers, whatever is in it: no second engine is asked. */
export function laws(subject: () => Subject, names: readonly string[], { plansLong = false }: Harness): void {
  const often = (ci: number, full: number): number => cases(ci, plansLong ? full / 5 : full);
  describe.each(names)(`laws over %s (SEED=${SEED})`, (name) => {
    const read = async (selects: readonly Select[]): Promise<readonly (readonly Row[])[]> => {
      const batches = await subject().store.read(selects, { args: [], form: 'TYPED', signal });
      return batches.map((batch) => batch.rows);
    };
    const entityOf = (): Entity => subject().model.entities.get(name)!;

    test(
      'an empty and changes nothing, an empty or gives nothing; what was loaded is read and streamed',
      async () => {
        const { fixture, store } = subject();
        const entity = entityOf();
        const plain = selectOf(entity, TRUE);
        const loaded = fixture.rows[`public.${name}`]!.map((row) =>
          [...entity.fields.keys()].map((field) => row[field] ?? null),
        );
        const [all, none] = await read([plain, selectOf(entity, FALSE)]);
        expect(sorted(plain, all!)).toEqual(sorted(plain, loaded));
        expect(none).toEqual([]);
        const streamed: Row[] = [];
        for await (const { rows } of store.stream(plain, { args: [], form: 'TYPED', signal })) streamed.push(...rows);
        expect(sorted(plain, streamed)).toEqual(sorted(plain, loaded));
      },
      LONG_MS,
    );

    test(
      'p, its negation and null partition the rows; De Morgan; counts count, groups add up',
      async () => {
        const entity = entityOf();
        const random = new Random(SEED);
        const plain = selectOf(entity, TRUE);
        const [all] = await read([plain]);
        for (let i = 0; i < often(15, 200); i += 1) {
          const { p, field } = leafOf(random, entity, all!);
          const { p: q } = leafOf(random, entity, all!);
          const operand = own(fieldOf(entity, field));
          const undecided: Predicate = { kind: 'isNull', operand, negated: false };
          const key = { operand, grouping: { kind: 'value' }, type: operand.type } as const;
          const measured = {
            steps: [],
            leaf: { kind: 'groupMeasure', index: 0 },
            type: INT64,
            nullable: false,
          } as const;
          const counted = (keys: readonly (typeof key)[], where: Predicate): Select =>
            selectOf(entity, where, { output: [measured], groups: { keys, measures: [COUNT], having: TRUE } });
          const [yes, no, unknown, both, either, count, groups] = await read([
            selectOf(entity, p),
            selectOf(entity, not(p)),
            selectOf(entity, undecided),
            selectOf(entity, not(and(p, q))),
            selectOf(entity, or(not(p), not(q))),
            counted([], p),
            counted([key], p),
          ]);
          expect(sorted(plain, [...yes!, ...no!, ...unknown!])).toEqual(sorted(plain, all!));
          expect(sorted(plain, both!)).toEqual(sorted(plain, either!));
          expect(count).toEqual([[BigInt(yes!.length)]]);
          expect(groups!.reduce((sum, [n]) => sum + (n as bigint), 0n)).toBe(BigInt(yes!.length));
        }
      },
      LONG_MS,
    );

    test(
      'pages concatenate to the whole, by offset and by position',
      async () => {
        const entity = entityOf();
        const random = new Random(SEED);
        const fields = [...entity.fields.values()].filter((f) => isOrdered(f.type));
        for (let i = 0; i < often(4, 30); i += 1) {
          const first = random.pick(fields);
          const order = [first, ...fields.filter((f) => f !== first)];
          const orderBy = order.map((f): OrderTerm => ({
            operand: own(f),
            direction: random.pick(['asc', 'desc']),
            nulls: random.pick(['first', 'last']),
            collate: f.type.kind === 'text' ? 'BINARY' : 'STORE',
          }));
          const plain = selectOf(entity, TRUE, { orderBy });
          const [whole] = await read([plain]);
          const size = Math.max(2, Math.ceil(whole!.length / 5));
          const limit = literal(INT64, BigInt(size));
          const pages = Array.from({ length: Math.ceil(whole!.length / size) }, (_, page) =>
            selectOf(entity, TRUE, { orderBy, limit, offset: literal(INT64, BigInt(page * size)) }),
          );
          expect((await read(pages)).flatMap((rows) => lines(plain, rows))).toEqual(lines(plain, whole!));
          const at = Math.floor(whole!.length / 2);
          const position = whole![at];
          if (!position) continue;
          const names = [...entity.fields.keys()];
          const values = orderBy.map((term, j) => literal(term.operand.type, position[names.indexOf(order[j]!.name)]));
          const [before, after] = await read(
            (['before', 'after'] as const).map((side) =>
              selectOf(entity, TRUE, { orderBy, keyset: [{ side, inclusive: false, values }] }),
            ),
          );
          const same = whole!.filter((row) => lines(plain, [row])[0] === lines(plain, [position])[0]);
          expect(lines(plain, [...before!, ...same, ...after!])).toEqual(lines(plain, whole!));
        }
      },
      LONG_MS,
    );
  });
}
