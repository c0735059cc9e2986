import { GatewayError } from '../errors.js';
import type { Select } from '../ir/select.js';
import type { DataType } from '../ir/types.js';
import type { Args } from '../ir/value.js';
import type { Batch, BatchForm } from './batch.js';
import type { Capabilities } from './capabilities.js';
import type { SourceShape } from './shape.js';

/** What one execution brings to a store. */
export interface Run {
  readonly args: Args;
  readonly form: BatchForm;
  /** Aborted when nobody waits for the answer any more, or the deadline passed: the store's work is then cancelled. */
  readonly signal: AbortSignal;
  /** Told of each native call: for `extensions.trainyard` and the log. */
  readonly observe?: (call: { readonly rows: number; readonly bytes: number; readonly calls: number }) => void;
}

/** What the gateway sets for every source. */
export interface SourceLimits {
  /** Operations that may wait for a connection; more are OVERLOADED. */
  readonly queueLimit: number;
}

export interface Health {
  readonly status: 'UP' | 'DOWN' | 'UNKNOWN';
  readonly lastError: string | null;
  readonly latencyMs: number | null;
  readonly since: Date;
}

/** The native query as `explain` shows it: values never. */
export interface NativeText {
  readonly language: string;
  readonly text: string;
  /** The native types of the parameters, in order. */
  readonly parameters: readonly string[];
}

/** Several reads that see one state of the store, when it has `snapshot: 'request'`. */
export interface Session {
  read(selects: readonly Select[], run: Run): Promise<readonly Batch[]>;
  close(): Promise<void>;
}

/** One configured store. Everything native stays behind it; its errors are GatewayErrors. */
export interface Store {
  readonly name: string;
  readonly engine: string;
  readonly capabilities: Capabilities;
  explain(select: Select): NativeText;
  /** All selects in one round trip and one snapshot where the store can; a batch each, in their order. */
  read(selects: readonly Select[], run: Run): Promise<readonly Batch[]>;
  /** Reads that need a round trip each, in one snapshot where the store can. */
  session(run: Omit<Run, 'args' | 'form'>): Promise<Session>;
  /** Every row in batches of bounded size; the store waits while the consumer does, and stops when it stops. */
  stream(select: Select, run: Run): AsyncIterable<Batch>;
  /** Rows that the store's statistics expect; null when it has none. */
  estimate(select: Select, signal: AbortSignal): Promise<number | null>;
  /** The JSON text of a TEXT batch's values of this type (never called with null). */
  jsonText(type: DataType): (raw: string) => string;
  /** The value of a TEXT batch's text, in the form of ir/types.ts (never called with null). */
  value(type: DataType): (raw: string) => unknown;
  introspect(signal: AbortSignal): Promise<SourceShape>;
  health(): Promise<Health>;
  close(): Promise<void>;
}

/** What an engine is: pure compile, and a connection behind which all I/O happens. `Native` never leaves it. */
export interface StoreDefinition<Config, Native> {
  readonly engine: string;
  readonly capabilities: Capabilities;
  /** Pure; memoised by the identity of the select, which a plan keeps. */
  compile(select: Select): Native;
  print(query: Native): NativeText;
  readonly jsonText: (type: DataType) => (raw: string) => string;
  readonly value: (type: DataType) => (raw: string) => unknown;
  connect(name: string, config: Config): Promise<Connection<Native>>;
}

export interface Connection<Native> {
  read(queries: readonly Native[], run: Run): Promise<readonly Batch[]>;
  session(run: Omit<Run, 'args' | 'form'>): Promise<{
    read(queries: readonly Native[], run: Run): Promise<readonly Batch[]>;
    close(): Promise<void>;
  }>;
  stream(query: Native, run: Run): AsyncIterable<Batch>;
  estimate(query: Native, signal: AbortSignal): Promise<number | null>;
  introspect(signal: AbortSignal): Promise<SourceShape>;
  health(): Promise<Health>;
  close(): Promise<void>;
}

export function defineStore<Config, Native>(def: StoreDefinition<Config, Native>) {
  return async (name: string, config: Config): Promise<Store> => {
    const connection = await def.connect(name, config);
    const compiled = new WeakMap<Select, Native & {}>();
    const compile = (select: Select): Native => {
      const known = compiled.get(select);
      if (known !== undefined) return known;
      if (select.within?.walk && !def.capabilities.walk) {
        throw new GatewayError('UNSUPPORTED', `${def.engine} cannot follow walks`, {
          hint: 'ask for one relation after the other',
        });
      }
      const native = def.compile(select);
      compiled.set(select, native as Native & {});
      return native;
    };
    return {
      name,
      engine: def.engine,
      capabilities: def.capabilities,
      explain: (select) => def.print(compile(select)),
      read: (selects, run) => connection.read(selects.map(compile), run),
      session: async (run) => {
        const session = await connection.session(run);
        return { read: (selects, each) => session.read(selects.map(compile), each), close: () => session.close() };
      },
      stream: (select, run) => connection.stream(compile(select), run),
      estimate: (select, signal) => connection.estimate(compile(select), signal),
      jsonText: def.jsonText,
      value: def.value,
      introspect: (signal) => connection.introspect(signal),
      health: () => connection.health(),
      close: () => connection.close(),
    };
  };
}
