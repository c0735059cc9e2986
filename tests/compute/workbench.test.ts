import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { canHold } from '../../datasources/duckdb/workbench.js';
import { memoryStore, type MemoryConfig } from '../../datasources/memory/index.js';
import { openCompute, type Compute } from '../../src/compute/answer.js';
import { missing } from '../../src/planner/pushdown.js';
import { DUCKDB_CAPABILITIES } from '../../datasources/duckdb/index.js';
import { NO_CAPABILITIES } from '../../src/store/capabilities.js';
import type { Store } from '../../src/store/store.js';
import { isInOrder, sorted } from '../conformance/answers.js';
import { BAZAAR, BAZAAR_NAMING } from '../conformance/bazaar.js';
import { samplesOf } from '../conformance/differential.js';
import { heldFixture } from '../conformance/harness/holding.js';
import { sharedModel } from '../conformance/harness/model.js';
import { readPlanned } from '../conformance/planned.js';
import { Selects } from '../conformance/selects.js';
import { cases, Random, seed } from '../random.js';

const SEED = seed();
/** Of questions that found something: the first rows of each parent, where one of two keys is NaN. Its threads' turns decide, so again and again. */
const TELLING = Array.from({ length: 30 }, () => 3_771_024_168);
const OPTIONS = { memory: '256MB', temporary: null, threads: 2, concurrency: 2, queueLimit: 10, readMs: 30_000 };

/** What can be laid on the bench, so that no question is answered elsewhere. */
const FIXTURE: MemoryConfig = heldFixture(BAZAAR, { lacks: (type) => (canHold(type) ? null : 'not held') });

describe('answers of DuckDB for a store that can only be scanned', () => {
  let compute: Compute;
  let store: Store;

  beforeAll(async () => {
    // No answer is too small for it.
    compute = openCompute(OPTIONS, -1);
    store = await memoryStore('fixture', FIXTURE);
  });
  afterAll(() => compute.close());

  test(`are those of the memory engine (SEED=${SEED})`, async () => {
    const model = sharedModel(await store.introspect(new AbortController().signal), BAZAAR_NAMING);
    const entities = [...model.entities.values()];
    const samples = samplesOf(FIXTURE);
    let laid = 0;
    const drawn = Array.from({ length: cases(150, 2_000) }, (_, i) => SEED + i);
    for (const at of [...TELLING, ...drawn]) {
      const selects = new Selects(new Random(at), entities, samples);
      const select = selects.select();
      if (missing(select, DUCKDB_CAPABILITIES).length > 0) continue;
      laid += 1;
      const [expected] = await store.read([select], {
        args: selects.args,
        form: 'TYPED',
        signal: new AbortController().signal,
      });
      const got = await readPlanned(select, selects.args, store, NO_CAPABILITIES, compute);
      expect({ seed: at, rows: sorted(select, got), ordered: isInOrder(select, got) }).toEqual({
        seed: at,
        rows: sorted(select, expected!.rows),
        ordered: true,
      });
    }
    expect(laid).toBeGreaterThan(cases(100, 1_500));
  }, 600_000);
});
