import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Entity } from '../../src/ir/entity.js';
import { jsonText } from '../../src/ir/print.js';
import { columnTypes, type Select } from '../../src/ir/select.js';
import { missing } from '../../src/planner/pushdown.js';
import type { Row } from '../../src/store/batch.js';
import { NO_CAPABILITIES } from '../../src/store/capabilities.js';
import { cases, Random, seed } from '../random.js';
import { eachAbilityLess, someAbilities } from './abilities.js';
import { inOrder } from './answers.js';
import { Build, NotThere, type Case } from './ask.js';
import { BAZAAR, BAZAAR_NAMING } from './bazaar.js';
import { CASES } from './cases/index.js';
import { differential } from './differential.js';
import { FAIR, FAIR_NAMING } from './fair.js';
import { openSubject, type Harness, type Opened, type Subject } from './harness/harness.js';
import { heldFixture, unheld, type Holding } from './harness/holding.js';
import { sharedModel } from './harness/model.js';
import { laws } from './laws.js';
import { readPlanned } from './planned.js';
import { Report } from './report.js';
import { unable } from './unable.js';

const SEED = seed();
const { signal } = new AbortController();

/**
 * What every engine must do, run through one engine: a test of an engine is this call and its harness. An engine's
 * `capabilities` say how: what they call its own is read from it, the rest is planned around it and refused by it.
 */
export function conformance(harness: Harness): void {
  describe(`conformance of ${harness.name}`, () => {
    let opened: Opened;
    let fair: Subject;
    let bazaar: Subject;
    const report = new Report(harness.name);
    const { holding } = harness;
    const notHeld = { ...unheld(FAIR, holding), ...unheld(BAZAAR, holding) };
    const models = {
      fair: sharedModel(heldFixture(FAIR, holding).shape, FAIR_NAMING),
      bazaar: sharedModel(heldFixture(BAZAAR, holding).shape, BAZAAR_NAMING),
    };
    const began = Date.now();
    const left: string[] = [];

    beforeAll(async () => {
      opened = await harness.open();
      fair = await openSubject(opened, FAIR, FAIR_NAMING, holding);
      bazaar = await openSubject(opened, BAZAAR, BAZAAR_NAMING, holding);
    }, 120_000);

    afterAll(async () => {
      await fair.store.close();
      await bazaar.store.close();
      await opened.close();
      report.add({ notHeld, casesLeft: left.length });
      report.add({ cases: Object.values(CASES).flat().length, minutes: (Date.now() - began) / 60_000 });
      report.write();
    });

    test('each case has a name of its own', () => {
      const names = Object.values(CASES).flatMap((some) => some.map((each) => each.name));
      expect(names.filter((name, i) => names.indexOf(name) < i)).toEqual([]);
      expect(Object.keys(harness.gaps ?? {}).filter((name) => !names.includes(name))).toEqual([]);
    });

    for (const [about, some] of Object.entries(CASES)) {
      describe(about, () => {
        for (const each of some) {
          const gap = harness.gaps?.[each.name];
          const lacking = lackingOf(each, models[each.of ?? 'fair'].entities, notHeld);
          const run = (): Promise<void> => answers(each, each.of === 'bazaar' ? bazaar : fair, holding);
          if (lacking !== null) {
            left.push(each.name);
            test(`${each.name} (not asked: ${lacking})`, () =>
              expect(notHeld).toHaveProperty([lacking.split(':')[0]!]));
          } else if (gap === undefined) test(each.name, run);
          else test.failing(`${each.name} (${gap})`, run);
        }
      });
    }

    laws(
      () => bazaar,
      ['region', 'stall', 'item', 'label', 'note', ...(models.bazaar.entities.has('parcel') ? ['parcel'] : [])],
      harness,
    );
    unable(() => bazaar);
    differential(() => bazaar, report, harness);
  });
}

/** The field that a case asks for and the store does not hold, and why; null when it holds all. */
function lackingOf(
  { name, select }: Case,
  entities: ReadonlyMap<string, Entity>,
  notHeld: Readonly<Record<string, string>>,
): string | null {
  try {
    select(new Build(entities, false));
    return null;
  } catch (error) {
    if (!(error instanceof NotThere)) throw error;
    const reason = notHeld[error.field];
    if (reason === undefined)
      throw new Error(`the case ${name} asks for ${error.field}, which no fixture has`, { cause: error });
    return `${error.field}: ${reason}`;
  }
}

/** A case with literals and with parameters, sent whole, planned for no abilities and for some. */
async function answers(
  { name, select: question, rows: written }: Case,
  { store, memory, model }: Subject,
  holding: Holding | undefined,
): Promise<void> {
  for (const parameters of [false, true]) {
    const build = new Build(model.entities, parameters);
    const select = question(build);
    const { args } = build;
    // Of values that the store cannot keep as they are written, memory says what comes of the others.
    const own = await memory.read([select], { args, form: 'TYPED', signal });
    const rows = holding?.value ? own[0]!.rows : written;
    const expected = inOrder(select, rows);
    if (missing(select, store.capabilities).length === 0) {
      const native = store.explain(select).text;
      const [batch] = await store.read([select], { args, form: 'TYPED', signal });
      expect({ native, rows: inOrder(select, batch!.rows) }).toEqual({ native, rows: expected });
      const streamed: Row[] = [];
      for await (const { rows: some } of store.stream(select, { args, form: 'TYPED', signal })) streamed.push(...some);
      expect({ native, streamed: inOrder(select, streamed) }).toEqual({ native, streamed: expected });
      const [text] = await store.read([select], { args, form: 'TEXT', signal });
      expect({ native, json: json(select, text!.rows, store) }).toEqual({ native, json: json(select, rows, null) });
    }
    const random = new Random(SEED);
    const abilities = Array.from({ length: cases(2, 20) }, () => someAbilities(random, store.capabilities));
    const without = eachAbilityLess(select, store.capabilities);
    for (const can of [store.capabilities, NO_CAPABILITIES, ...without, ...abilities]) {
      const got = await readPlanned(select, args, store, can);
      expect({ name, planned: inOrder(select, got) }).toEqual({ name, planned: expected });
    }
  }
}

/** What callers are sent: JSON made of the store's own texts, or of values. Floats to twelve digits, rows in any order. */
function json(select: Select, rows: readonly Row[], store: Subject['store'] | null): string[] {
  const types = columnTypes(select);
  const writers = types.map((type) => (store ? store.jsonText(type) : jsonText(type)) as (value: unknown) => string);
  const lines = rows.map((row) =>
    row.map((value, i) => {
      const text = value === null ? 'null' : writers[i]!(value);
      return types[i]!.kind === 'float' && text !== 'null' ? (Number(text) + 0).toPrecision(12) : text;
    }),
  );
  return lines.map((line) => line.join(' | ')).sort();
}
