import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Entity } from '../../src/ir/entity.js';
import { crosses } from '../../src/ir/entity.js';
import { TRUE } from '../../src/ir/predicate.js';
import type { Select } from '../../src/ir/select.js';
import type { FlatPlan } from '../../src/planner/flat.js';
import type { LevelPlan } from '../../src/planner/plan.js';
import { isInOrder, sorted } from '../conformance/answers.js';
import { BAZAAR } from '../conformance/bazaar.js';
import { samplesOf } from '../conformance/differential.js';
import { FAIR } from '../conformance/fair.js';
import { duckdb } from '../conformance/harness/duckdb.js';
import type { Harness } from '../conformance/harness/harness.js';
import { memory } from '../conformance/harness/memory.js';
import { mongodbPipelines } from '../conformance/harness/mongodb.js';
import { postgres } from '../conformance/harness/postgres.js';
import { postgresDocuments } from '../conformance/harness/postgres-documents.js';
import { readOver, readStreamed } from '../conformance/planned.js';
import { Selects } from '../conformance/selects.js';
import { cases, Random, seed } from '../random.js';
import { openEverywhere, rowsByTheLetter, type Everywhere } from './split.js';

const SEED = seed();

/** How the plans of a run reached over to other stores. */
interface Ways {
  levels: number;
  filters: number;
  computed: number;
  local: number;
}

function look(plan: LevelPlan | FlatPlan, ways: Ways): void {
  const crossing = plan.residual?.scans.some(({ entity }) => entity.source !== plan.source) ?? false;
  const child = 'children' in plan && plan.children.some((each) => each.plan.source !== plan.source);
  if (child) ways.levels += 1;
  if (plan.semiJoins.length > 0) ways.filters += 1;
  if (crossing) ways.computed += 1;
  if (!child && !crossing && plan.semiJoins.length === 0) ways.local += 1;
  if ('children' in plan) for (const each of plan.children) look(each.plan, ways);
}

describe.each([
  ['two stores', FAIR, [postgres, duckdb]],
  ['two stores of other kinds', BAZAAR, [postgresDocuments, memory]],
  ['four stores', BAZAAR, [postgres, mongodbPipelines, duckdb, memory]],
] as const)('the same question over %s (SEED=%#)', (_, whole, harnesses: readonly Harness[]) => {
  let everywhere: Everywhere;
  beforeAll(async () => {
    everywhere = await openEverywhere(whole, harnesses);
  }, 120_000);
  afterAll(() => everywhere.close());

  test('gives the rows that one store gives', async () => {
    const { fixture, stores } = everywhere;
    const names = [...stores.keys()];
    const wanted = cases(150, 1_200);
    const ways: Ways = { levels: 0, filters: 0, computed: 0, local: 0 };
    const choice = new Random(SEED);
    const crossed = new Map<string, number>();
    let [asked, telling, refused, joined] = [0, 0, 0, 0];
    // So many, and more where streams did not have to join yet: that depends on the seed.
    for (let i = 0; (asked < wanted || joined <= wanted / 60) && i < 40 * wanted; i += 1) {
      const random = new Random(SEED + i);
      // Each question has its entities in other stores.
      const homes = new Map(fixture.shape.entities.map(({ name }) => [name, random.pick(names)]));
      const entities = await everywhere.entities((entity) => homes.get(entity)!);
      const selects = new Selects(random, entities, samplesOf(fixture));
      const select = selects.select();
      const expected = rowsByTheLetter(fixture, select, selects.args);
      const all = rowsByTheLetter(
        fixture,
        { ...select, where: TRUE, limit: null, offset: null, keyset: [] },
        selects.args,
      );
      const tells = expected.length > 0 && (select.groups !== null || expected.length < all.length);
      if (!tells && choice.chance(0.75)) continue;
      asked += 1;
      telling += tells ? 1 : 0;
      for (const each of entities) for (const name of crossing(each)) crossed.set(name, (crossed.get(name) ?? 0) + 1);
      const at = { seed: SEED + i, homes: Object.fromEntries(homes) };
      const got = await readOver(select, selects.args, {
        storeOf: (source) => stores.get(source)!,
        plan: (plan) => look(plan, ways),
      }).catch((error: unknown) => {
        throw new Error(JSON.stringify(at), { cause: error });
      });
      expect({ ...at, ...seen(select, got) }).toEqual({ ...at, ...seen(select, expected), ordered: true });
      // With few keys the near side goes first, or the question is refused: never another answer.
      const few = await readOver(select, selects.args, {
        storeOf: (source) => stores.get(source)!,
        keyBudget: 1 + random.int(4),
      }).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'BUDGET_EXCEEDED' });
        return null;
      });
      if (select.within === null) {
        // A stream is never refused: with few keys it joins all rows.
        const stream = await readStreamed(select, selects.args, {
          storeOf: (source) => stores.get(source)!,
          keyBudget: random.int(4),
          plan: (plan) => (joined += 'joined' in plan && plan.joined !== null ? 1 : 0),
        });
        expect({ ...at, ...seen(select, stream) }).toEqual({ ...at, ...seen(select, expected), ordered: true });
      }
      if (few === null) refused += 1;
      else expect({ ...at, ...seen(select, few) }).toEqual({ ...at, ...seen(select, expected), ordered: true });
    }
    expect(asked).toBeGreaterThanOrEqual(wanted);
    expect(telling / asked).toBeGreaterThan(0.5);
    expect(refused).toBeLessThan(asked / 2);
    expect(joined).toBeGreaterThan(wanted / 60);
    for (const way of Object.values(ways)) expect(way).toBeGreaterThan(wanted / 60);
    // Every relation was once local and once remote.
    const relations = (await everywhere.entities(() => names[0]!)).flatMap((each) => [...each.relations.values()]);
    for (const { from, to, name } of relations) {
      // What an entity has with itself is in one store.
      if (from === to) continue;
      const times = crossed.get(`${from.entity}.${name}`) ?? 0;
      expect([from.entity, name, times > 0 && times < asked]).toEqual([from.entity, name, true]);
    }
  }, 1_200_000);
});

function crossing(entity: Entity): string[] {
  return [...entity.relations.values()].filter(crosses).map(({ name }) => `${entity.entity}.${name}`);
}

function seen(select: Select, rows: Parameters<typeof sorted>[1]): { rows: string[]; ordered: boolean } {
  return { rows: sorted(select, rows), ordered: isInOrder(select, rows) };
}
