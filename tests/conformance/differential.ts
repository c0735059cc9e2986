import { describe, expect, test } from '@jest/globals';
import { memoryStore, type MemoryConfig } from '../../datasources/memory/index.js';
import type { Entity, Field } from '../../src/ir/entity.js';
import { own, place } from '../../src/ir/operand.js';
import { TRUE, type Predicate } from '../../src/ir/predicate.js';
import type { Select } from '../../src/ir/select.js';
import { missing } from '../../src/planner/pushdown.js';
import { NO_CAPABILITIES } from '../../src/store/capabilities.js';
import type { Row } from '../../src/store/batch.js';
import type { Store } from '../../src/store/store.js';
import { cases, Random, seed } from '../random.js';
import { isInOrder, sorted } from './answers.js';
import { someAbilities } from './abilities.js';
import { Build, NotThere, type Question, type Where } from './ask.js';
import { KINDS, kindsOf, NESTED_KINDS } from './asked.js';
import type { Harness, Subject } from './harness/harness.js';
import { readPlanned } from './planned.js';
import type { Report } from './report.js';
import { Selects } from './selects.js';
import { SLOTS } from './slots.js';

const SEED = seed();
const { signal } = new AbortController();
const LEAST = cases(10, 20);
/** So many are drawn for one that is asked, before it is a failure that none fits. */
const MOST = 150;

/** Values that rows of a fixture have in fields of this name and kind. */
export function samplesOf({ shape, rows }: MemoryConfig): (field: Field) => readonly unknown[] {
  const known = new Map<string, readonly unknown[]>();
  return (field) => {
    const id = `${field.name} ${field.type.kind}`;
    const found =
      known.get(id) ??
      shape.entities.flatMap((entity) => {
        const same = entity.fields.some((f) => f.name === field.name && f.type.kind === field.type.kind);
        return same ? rows[entity.id]!.map((row) => row[field.name] ?? null) : [];
      });
    known.set(id, found);
    return found;
  };
}

/** The same question without its conditions: what it has been narrowed from. */
function unbounded(select: Select): Select {
  return { ...select, where: TRUE, limit: null, offset: null, keyset: [] };
}

function seen(select: Select, rows: readonly Row[]): { rows: string[]; ordered: boolean } {
  return { rows: sorted(select, rows), ordered: isInOrder(select, rows) };
}

/** The rows that a policy leaves of an entity, as a fixture holds them. */
async function rowsLeft(memory: Store, entity: Entity, policy: Predicate): Promise<Record<string, unknown>[]> {
  const base = { groups: null, orderBy: [], limit: null, offset: null, keyset: [], within: null };
  const fields = [...entity.fields.values()];
  const select: Select = { ...base, from: place(entity), where: policy, output: fields.map(own) };
  const [batch] = await memory.read([select], { args: [], form: 'TYPED', signal });
  return batch!.rows.map((row) => Object.fromEntries(fields.map((f, i) => [f.name, row[i]])));
}

/** What random selects can come by in what the store holds of the fixture. */
function kindsIn({ shape }: MemoryConfig, { absent = [] }: Harness): readonly string[] {
  const nested = shape.entities.some(({ fields }) => fields.some(({ type }) => type.kind === 'struct'));
  return [...KINDS, ...(nested ? NESTED_KINDS : [])].filter((kind) => !absent.includes(kind));
}

/** The share that so many random questions must have: at full size the bar, of fewer three standard errors of a share less. */
function leastShare(bar: number, asked: number): number {
  return asked >= 2_000 ? bar : bar - 3 * Math.sqrt((bar * (1 - bar)) / asked);
}

/** Random questions, whose answers are compared with those of the memory engine. */
export function differential(subject: () => Subject, report: Report, harness: Harness): void {
  const entities = (): Entity[] => [...subject().model.entities.values()];

  /** Whether the store holds all fields that a question asks for. */
  function isThere(slot: (p: Where) => Question): boolean {
    try {
      slot(() => TRUE)(new Build(subject().model.entities, false));
      return true;
    } catch (error) {
      if (error instanceof NotThere) return false;
      throw error;
    }
  }

  /** The query that the engine makes of a select; null when it cannot answer it whole. */
  function nativeOf(select: Select): string | null {
    const { store } = subject();
    return missing(select, store.capabilities).length === 0 ? store.explain(select).text : null;
  }

  /** The engine's rows, of what it cannot answer whole those of a plan; what went wrong is told with the seed and the native query. */
  async function read(select: Select, args: readonly unknown[], at: number): Promise<readonly Row[]> {
    const { store } = subject();
    const native = nativeOf(select);
    if (native === null) return readPlanned(select, args, store, store.capabilities);
    const [got] = await store.read([select], { args, form: 'TYPED', signal }).catch((error: unknown) => {
      throw new Error(`SEED=${at}\n${native}`, { cause: error });
    });
    return got!.rows;
  }

  async function expectRows(
    select: Select,
    args: readonly unknown[],
    expected: readonly Row[],
    at: number,
  ): Promise<void> {
    const native = nativeOf(select);
    expect({ seed: at, native, ...seen(select, await read(select, args, at)) }).toEqual({
      seed: at,
      native,
      ...seen(select, expected),
      ordered: true,
    });
  }

  describe(`random questions (SEED=${SEED})`, () => {
    test('selects answer as the memory engine does, sent whole and planned for fewer abilities', async () => {
      const { store, memory, fixture } = subject();
      const wanted = cases(300, 2_000);
      const possible = kindsIn(fixture, harness);
      const kinds = new Map<string, number>(possible.map((kind) => [kind, 0]));
      const wholeKinds = new Map<string, number>(possible.map((kind) => [kind, 0]));
      const choice = new Random(SEED);
      let [asked, tellingOnes, whole, planned] = [0, 0, 0, 0];
      const lacking = (): string[] => possible.filter((kind) => kinds.get(kind)! < LEAST);
      for (let i = 0; i < MOST * wanted && (asked < wanted || lacking().length > 0); i += 1) {
        const selects = new Selects(new Random(SEED + i), entities(), samplesOf(fixture));
        const select = selects.select();
        const own = kindsOf(select);
        // After the wanted number only what is still rare is asked.
        if (asked >= wanted && !lacking().some((kind) => own.has(kind))) continue;
        const run = { args: selects.args, form: 'TYPED', signal } as const;
        const [expected, all] = await memory.read([select, unbounded(select)], run);
        const telling =
          expected!.rows.length > 0 && (select.groups !== null || expected!.rows.length < all!.rows.length);
        // Most answers that are empty or everything say little: a quarter of them is enough.
        if (!telling && choice.chance(0.75)) continue;
        asked += 1;
        tellingOnes += telling ? 1 : 0;
        for (const [kind, n] of own) kinds.set(kind, (kinds.get(kind) ?? 0) + n);
        if (missing(select, store.capabilities).length === 0) {
          whole += 1;
          for (const [kind, n] of own) wholeKinds.set(kind, (wholeKinds.get(kind) ?? 0) + n);
          await expectRows(select, selects.args, expected!.rows, SEED + i);
        }
        const can = asked % 4 === 0 ? NO_CAPABILITIES : someAbilities(new Random(SEED + i), store.capabilities);
        const got = await readPlanned(select, selects.args, store, can).catch((error: unknown) => {
          throw new Error(`SEED=${SEED + i}, planned`, { cause: error });
        });
        planned += 1;
        expect({ seed: SEED + i, ...seen(select, got) }).toEqual({ seed: SEED + i, ...seen(select, expected!.rows) });
      }
      report.add({
        selects: asked,
        telling: tellingOnes / asked,
        whole: whole / asked,
        planned,
        kinds: Object.fromEntries(kinds),
        wholeKinds: Object.fromEntries(wholeKinds),
      });
      expect(asked).toBeGreaterThanOrEqual(wanted);
      expect(lacking()).toEqual([]);
      expect(tellingOnes / asked).toBeGreaterThanOrEqual(0.6);
      expect(whole / asked).toBeGreaterThanOrEqual(leastShare(harness.whole ?? 0.95, asked));
    }, 1_200_000);

    test('a random policy in each slot', async () => {
      const { memory, fixture } = subject();
      const names = Object.keys(SLOTS).filter((name) => isThere(SLOTS[name]!));
      const wanted = cases(3, 15) * names.length;
      let asked = 0;
      for (let i = 0; i < MOST * wanted && asked < wanted; i += 1) {
        const slot = SLOTS[names[asked % names.length]!]!;
        const random = new Selects(new Random(SEED + i), entities(), samplesOf(fixture), { literals: true });
        const build = new Build(subject().model.entities, false);
        const closed = slot(({ entity }) => random.where(entity, 0))(build);
        const open = slot(() => TRUE)(build);
        const [expected, all] = await memory.read([closed, open], { args: build.args, form: 'TYPED', signal });
        // A policy that changes nothing would pass without being looked at.
        if (sorted(closed, expected!.rows).join('\n') === sorted(open, all!.rows).join('\n')) continue;
        asked += 1;
        await expectRows(closed, build.args, expected!.rows, SEED + i);
      }
      expect(asked).toBe(wanted);
      report.add({ policies: asked, slots: names.length, slotsLeft: Object.keys(SLOTS).length - names.length });
      if (!harness.holding) expect(names).toEqual(Object.keys(SLOTS));
      expect(names.length).toBeGreaterThan(Object.keys(SLOTS).length / 2);
    }, 1_200_000);

    test('what policies hide everywhere is what is not there at all', async () => {
      const { fixture, memory, model } = subject();
      const wanted = cases(100, 600);
      let hidden = 0;
      for (let i = 0; i < wanted; i += 1) {
        const policies = new Selects(new Random(SEED - 1 - i), entities(), samplesOf(fixture), { literals: true });
        const policyOf = new Map(entities().map((entity) => [entity, policies.where(entity, 0)]));
        const rows: Record<string, Record<string, unknown>[]> = {};
        for (const [entity, policy] of policyOf) {
          const left = await rowsLeft(memory, entity, policy);
          const { id } = model.shapes.get(entity.entity)!;
          hidden += fixture.rows[id]!.length - left.length;
          rows[id] = left;
        }
        const rest = await memoryStore('rest', { shape: fixture.shape, rows });
        const question = (policy: (entity: Entity) => Predicate): Selects & { readonly asked: Select } => {
          const selects = new Selects(new Random(SEED + i), entities(), samplesOf(fixture), { policyOf: policy });
          return Object.assign(selects, { asked: selects.select() });
        };
        const open = question(() => TRUE);
        const closed = question((entity) => policyOf.get(entity)!);
        const [expected] = await rest.read([open.asked], { args: open.args, form: 'TYPED', signal });
        await expectRows(closed.asked, closed.args, expected!.rows, SEED + i);
      }
      report.add({ removals: wanted });
      expect(hidden).toBeGreaterThan(wanted);
    }, 1_200_000);
  });
}
