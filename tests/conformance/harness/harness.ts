import { memoryStore, type MemoryConfig } from '../../../datasources/memory/index.js';
import type { SourceModel, SourceNaming } from '../../../src/sources/model.js';
import type { Store } from '../../../src/store/store.js';
import { sharedModel } from './model.js';

/** What the suite needs to know of an engine. */
export interface Harness {
  readonly name: string;
  /** Called once, before all tests. */
  open(): Promise<Opened>;
  /** Cases that the engine does not pass yet, and why: they are expected to fail, so a line goes when its gap does. */
  readonly gaps?: Readonly<Record<string, string>>;
}

export interface Opened {
  /** A fixture's entities and rows in a place of their own, behind the engine. */
  load(fixture: MemoryConfig): Promise<Store>;
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

export async function openSubject(opened: Opened, fixture: MemoryConfig, naming?: SourceNaming): Promise<Subject> {
  const store = await opened.load(fixture);
  const memory = await memoryStore('memory', fixture);
  const model = sharedModel(await store.introspect(new AbortController().signal), naming);
  return { store, memory, model, fixture };
}
