import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openCompute, type Compute } from '../../src/compute/answer.js';
import { crosses } from '../../src/ir/entity.js';
import type { Leaf } from '../../src/ir/operand.js';
import { withParts } from '../../src/ir/parts.js';
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
import { readOver, readStreamed, type Ground } from '../conformance/planned.js';
import { Selects } from '../conformance/selects.js';
import { cases, Random, seed } from '../random.js';
import { openEverywhere, rowsByTheLetter, type Everywhere } from './split.js';

const SEED = seed();
const OPTIONS = { memory: '256MB', temporary: null, threads: 2, concurrency: 2, queueLimit: 10, readMs: 30_000 };

/** Whether a question has measures of rows of another store somewhere. */
function measures(select: Select): boolean {
  let found = false;
  withParts(select, (part, name) => {
    if (name === 'entity' || name === 'field' || name === 'relation') return part;
    const leaf = part as Extract<Leaf, { kind: 'related' }> | null;
    if (typeof leaf === 'object' && leaf !== null && 'measure' in leaf) found ||= crosses(leaf.step.relation);
    return undefined;
  });
  return found;
}

/** Whether it groups by fields of another store. */
function gathers({ groups, within }: Select): boolean {
  const firsts = groups?.keys.map(({ operand }) => operand.steps[0]) ?? [];
  return within === null && firsts.some((step) => step !== undefined && crosses(step.relation));
}

/** Which rows a plan has in groups: those of other stores, the level's own. */
function groupsOf(plan: LevelPlan | FlatPlan): { far: boolean; own: boolean } {
  const grouped = plan.residual?.scans.filter(({ select }) => select.groups !== null) ?? [];
  const below = 'children' in plan ? plan.children.map((child) => groupsOf(child.plan)) : [];
  return {
    far: grouped.some(({ entity }) => entity.source !== plan.source) || below.some(({ far }) => far),
    own: grouped.some(({ entity }) => entity === plan.residual!.select.from.entity) || below.some(({ own }) => own),
  };
}

describe.each([
  ['two stores', FAIR, [postgres, duckdb]],
  ['four stores', BAZAAR, [postgres, mongodbPipelines, duckdb, memory]],
] as const)('measures and groups over %s (SEED=%#)', (_, whole, harnesses: readonly Harness[]) => {
  let everywhere: Everywhere;
  let compute: Compute;
  beforeAll(async () => {
    everywhere = await openEverywhere(whole, harnesses);
    // No answer is too small for DuckDB.
    compute = openCompute(OPTIONS, -1);
  }, 120_000);
  afterAll(async () => {
    await compute.close();
    await everywhere.close();
  });

  /** How many questions of a kind are asked, and for how many of them groups moved in the place of rows. */
  async function ask(
    fits: (select: Select) => boolean,
    moves: 'far' | 'own',
    wanted: number,
  ): Promise<{ asked: number; grouped: number }> {
    const { fixture, stores } = everywhere;
    const storeOf: Ground['storeOf'] = (source) => stores.get(source)!;
    const names = [...stores.keys()];
    let [asked, grouped] = [0, 0];
    for (let i = 0; asked < wanted && i < 400 * wanted; i += 1) {
      const random = new Random(SEED + i);
      const homes = new Map(fixture.shape.entities.map(({ name }) => [name, random.pick(names)]));
      const entities = await everywhere.entities((entity) => homes.get(entity)!);
      const selects = new Selects(random, entities, samplesOf(fixture));
      const select = selects.select();
      if (!fits(select)) continue;
      const expected = rowsByTheLetter(fixture, select, selects.args);
      if (expected.length === 0) continue;
      asked += 1;
      const at = { seed: SEED + i, homes: Object.fromEntries(homes) };
      const seen = (rows: typeof expected): unknown => ({
        ...at,
        rows: sorted(select, rows),
        ordered: isInOrder(select, rows),
      });
      const wantedRows = { ...at, rows: sorted(select, expected), ordered: true };
      const plan = (planned: LevelPlan | FlatPlan): void => void (grouped += groupsOf(planned)[moves] ? 1 : 0);
      expect(seen(await readOver(select, selects.args, { storeOf, plan }))).toEqual(wantedRows);
      expect(seen(await readOver(select, selects.args, { storeOf, compute }))).toEqual(wantedRows);
      // Some keys narrow what is grouped, or all is.
      if (select.within === null)
        expect(seen(await readStreamed(select, selects.args, { storeOf, keyBudget: random.int(4) }))).toEqual(
          wantedRows,
        );
    }
    return { asked, grouped };
  }

  // The others go over a junction, or measure what is in a further store.
  test('measures of rows of other stores are taken there', async () => {
    const wanted = cases(60, 500);
    const { asked, grouped } = await ask(measures, 'far', wanted);
    expect(asked).toBe(wanted);
    expect(grouped / asked).toBeGreaterThan(0.25);
  }, 1_200_000);

  // The others have measures that cannot be put together, or conditions that are left to us.
  test('groups by fields of other stores are made of smaller ones', async () => {
    const wanted = cases(40, 200);
    const { asked, grouped } = await ask(gathers, 'own', wanted);
    expect(asked).toBe(wanted);
    expect(grouped / asked).toBeGreaterThan(0.1);
  }, 1_200_000);
});
