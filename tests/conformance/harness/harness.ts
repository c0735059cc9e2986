import { memoryStore, type MemoryConfig } from '../../../datasources/memory/index.js';
import type { SourceModel, SourceNaming } from '../../../src/sources/model.js';
import type { Store } from '../../../src/store/store.js';
import { heldFixture, type Holding } from './holding.js';
import { sharedModel } from './model.js';

/** What the suite needs to know of an engine. */
export interface Harness {
  readonly name: string;
  /** Called once, before all tests. */
  open(): Promise<Opened>;
  /** Cases that the engine does not pass yet, and why: they are expected to fail, so a line goes when its gap does. */
  readonly gaps?: Readonly<Record<string, string>>;
  /** What the store can hold of the fixtures; without it everything but structs. */
  readonly holding?: Holding;
  /** Kinds of questions that cannot come up because of what the store does not hold. */
  readonly absent?: readonly string[];
  /** The least share of random selects that the store answers whole; without it 0.95. */
  readonly whole?: number;
  /** It plans each new question for long: the laws are asked a fifth as often at full size. */
  readonly plansLong?: boolean;
}

export interface Opened {
  /** A fixture's entities and rows, as far as the store holds them, in a place of their own behind the engine. */
  load(fixture: MemoryConfig, whole: MemoryConfig): Promise<Store>;
  /** Called after all tests, when the stores are closed. */
  close(): Promise<void>;
}

/** A fixture behind the engine and behind memory, with one set of entities for both. */
export interface Subject {
  readonly store: Store;
  readonly memory: Store;
  readonly model: SourceModel;
  readonly fixture: MemoryConfig;
}

export async function openSubject(
  opened: Opened,
  whole: MemoryConfig,
  naming?: SourceNaming,
  holding?: Holding,
): Promise<Subject> {
  const fixture = heldFixture(whole, holding);
  const store = await opened.load(fixture, whole);
  const memory = await memoryStore('memory', fixture);
  const model = sharedModel(await store.introspect(new AbortController().signal), naming);
  return { store, memory, model, fixture };
}
