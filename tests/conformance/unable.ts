import { describe, expect, test } from '@jest/globals';
import { fieldOf, type Entity, type Field, type Relation } from '../../src/ir/entity.js';
import { own, place, step, type Operand } from '../../src/ir/operand.js';
import { TRUE, type Predicate } from '../../src/ir/predicate.js';
import type { Select } from '../../src/ir/select.js';
import { FLOAT64, INT64, TEXT } from '../../src/ir/types.js';
import { literal, literals } from '../../src/ir/value.js';
import { missing } from '../../src/planner/pushdown.js';
import type { Subject } from './harness/harness.js';

const GEOPOINT = { kind: 'geopoint' } as const;

/** Json where the store has it, else a field that is as little of a place or an object. */
function documentOf(stall: Entity): Field {
  return stall.fields.get('doc') ?? fieldOf(stall, 'word');
}

/** A list where the store has it, else a field that is as little of one. */
function listOf(stall: Entity, name: string): Field {
  return stall.fields.get(name) ?? fieldOf(stall, 'word');
}

/** Questions that only some engines answer, over the bazaar's stalls. */
const QUESTIONS: Readonly<Record<string, (stall: Entity) => { where?: Predicate; output?: Operand; order?: Operand }>> =
  {
    'a text match': (stall) => ({
      where: {
        kind: 'match',
        operands: [own(fieldOf(stall, 'word'))],
        boosts: [1],
        text: literal(TEXT, 'a'),
        mode: 'ANY',
        fuzzy: false,
        negated: false,
      },
    }),
    'a place nearby': (stall) => ({
      where: {
        kind: 'geo',
        operand: own(documentOf(stall)),
        test: 'near',
        value: literal(GEOPOINT, { lon: 0, lat: 0 }),
        metres: literal(FLOAT64, 5),
        negated: false,
      },
    }),
    'a place within': (stall) => ({
      where: {
        kind: 'geo',
        operand: own(documentOf(stall)),
        test: 'within',
        value: literals(GEOPOINT, []),
        metres: null,
        negated: true,
      },
    }),
    'what is reached': (stall) => ({
      where: {
        kind: 'reach',
        walk: { hops: [step(stall.relations.get('region')!)], depth: 2 },
        end: place(stall.relations.get('region')!.to),
        where: TRUE,
        negated: false,
      },
    }),
    'the nearest': (stall) => ({
      where: {
        kind: 'nearest',
        operand: own(listOf(stall, 'ratios')),
        vector: literal({ kind: 'vector', dimensions: null }, [1]),
        k: literal(INT64, 1n),
        among: place(stall),
        negated: false,
      },
    }),
    'elements of a list': (stall) => ({
      where: {
        kind: 'elements',
        operand: own(listOf(stall, 'tags')),
        quantifier: 'some',
        where: TRUE,
        negated: false,
      },
    }),
    'a relevance': () => ({ output: { steps: [], leaf: { kind: 'score' }, type: FLOAT64, nullable: true } }),
    'order by relevance': () => ({ order: { steps: [], leaf: { kind: 'score' }, type: FLOAT64, nullable: true } }),
    'a way into a value': (stall) => ({
      output: {
        steps: [],
        leaf: { kind: 'field', field: documentOf(stall), nested: ['a'] },
        type: { kind: 'json' },
        nullable: true,
      },
    }),
  };

/** What an engine says that it cannot do, it refuses with a hint; it never answers something else. */
export function unable(subject: () => Subject): void {
  describe('what capabilities call none', () => {
    test('a walk', async () => {
      const { store, model } = subject();
      const region = model.entities.get('region')!;
      const id = fieldOf(region, 'id');
      const self: Relation = {
        name: 'self',
        from: region,
        to: region,
        many: true,
        on: [{ from: id, to: id }],
        through: null,
        description: null,
      };
      const walk = {
        hops: [step(region.relations.get('mother_region') ?? [...region.relations.values()][0]!)],
        depth: 1,
      };
      const select: Select = {
        from: place(region),
        where: TRUE,
        output: [own(id)],
        groups: null,
        orderBy: [],
        limit: null,
        offset: null,
        keyset: [],
        within: { step: step(self), parents: { kind: 'keys', slot: 0 }, walk },
      };
      const read = async (): Promise<unknown> =>
        store.read([select], { args: [[[1n]]], form: 'TYPED', signal: new AbortController().signal });
      if (store.capabilities.walk) await expect(read()).resolves.toBeDefined();
      else await expect(read()).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    });

    test.each(Object.keys(QUESTIONS))('%s', async (name) => {
      const { store, model } = subject();
      const stall = model.entities.get('stall')!;
      const { where = TRUE, output = own(fieldOf(stall, 'id')), order } = QUESTIONS[name]!(stall);
      const select: Select = {
        from: place(stall),
        where,
        output: [output],
        groups: null,
        orderBy: order ? [{ operand: order, direction: 'desc', nulls: 'last', collate: 'STORE' }] : [],
        limit: null,
        offset: null,
        keyset: [],
        within: null,
      };
      // Reading is async, compiling need not be.
      const read = async (): Promise<unknown> =>
        store.read([select], { args: [], form: 'TYPED', signal: new AbortController().signal });
      if (missing(select, store.capabilities).length === 0) {
        await expect(read()).resolves.toBeDefined();
        return;
      }
      await expect(read()).rejects.toMatchObject({
        code: 'UNSUPPORTED',
        message: expect.stringContaining(store.engine) as unknown,
        detail: { hint: expect.stringMatching(/\w+ \w+/) as unknown },
      });
    });
  });
}
