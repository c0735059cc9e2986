import { GatewayError } from '../errors.js';
import { backOff } from '../retry.js';
import type { Problem, SourceShape } from '../store/shape.js';
import type { Store } from '../store/store.js';
import { linkSources } from './link.js';
import { buildEntities, type SourceModel, type SourceNaming } from './model.js';
import { isWithin, sourcesOf, type DeclaredRelation } from './relations.js';

/** Where shapes are kept between starts. */
export interface ShapeShelf {
  /** The shape's version: a new one when it differs from the one before. */
  saveShape(source: string, engine: string, shape: SourceShape): Promise<number>;
  loadShape(source: string): Promise<KeptShape | null>;
}

export interface KeptShape {
  readonly version: number;
  readonly engine: string;
  readonly shape: SourceShape;
  readonly readAt: Date;
}

export interface SourceSetup {
  /** Open, whether or not what it reads from can be reached. */
  readonly store: Store;
  readonly kind: string;
  readonly naming: SourceNaming;
}

export interface LiveSource extends SourceSetup {
  readonly model: SourceModel;
  /** What the model is made of, and what is to be told beside. */
  readonly shape: SourceShape;
  readonly told: readonly Problem[];
  /** What the model is made of: the store's own word, one from before, or nothing (then it is not in the schema). */
  readonly from: 'STORE' | 'SHELF' | 'NOTHING';
  /** Of the shape on the shelf, as far as it is known. */
  readonly version: number | null;
  /** What differs when the shape does: all of it but the counts of rows. */
  readonly structure: string;
}

export interface LiveOptions {
  /** null: nothing is kept. */
  readonly shelf: ShapeShelf | null;
  /** A source has another shape than before: the schema is to be made again. When that throws, the source stays as it was. */
  readonly onChange: () => void;
  readonly onEvent: (message: string) => void;
  /** Of the config: those between sources are added when both are there. */
  readonly relations?: readonly DeclaredRelation[];
  /** How long a source may take at the start before it is served from the shelf, or left out. */
  readonly patienceMs?: number;
  readonly retryMs?: { readonly first: number; readonly most: number };
}

/**
 * The sources while they are served. None takes the others down: one that cannot be read is served by the shape on the
 * shelf, or left out, told in its problems, and tried again until it can be.
 */
export class LiveSources {
  private readonly live = new Map<string, LiveSource>();
  private readonly retries = new Map<string, NodeJS.Timeout>();
  /** What is done about a source is done one after the other: an old answer never takes the place of a newer. */
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly closing = new AbortController();

  constructor(private readonly options: LiveOptions) {}

  get all(): ReadonlyMap<string, LiveSource> {
    return this.live;
  }

  get(name: string): LiveSource {
    const found = this.live.get(name);
    if (!found) throw new GatewayError('NOT_FOUND', `there is no source ${name}`, { field: 'name', got: name });
    return found;
  }

  async open(setups: readonly SourceSetup[]): Promise<void> {
    for (const setup of setups) this.live.set(setup.store.name, without(setup));
    await Promise.all(setups.map(({ store: { name } }) => this.inOrder(name, () => this.begin(name))));
  }

  /** Reads the shape again; whether the schema is to be made again is told by `onChange`. Fails as the store does. */
  async reload(name: string): Promise<LiveSource> {
    this.get(name);
    await this.inOrder(name, () => this.read(name, this.closing.signal, true));
    return this.get(name);
  }

  /** Another gateway has put a new version of a shape on the shelf. What it says is checked with the store. */
  async heard(name: string, version: number): Promise<void> {
    if (!this.live.has(name)) return;
    await this.inOrder(name, async () => {
      if (this.get(name).version === version) return;
      try {
        await this.read(name, this.closing.signal, false);
        this.live.set(name, { ...this.get(name), version });
      } catch (error) {
        if (!(await this.fromShelf(name))) throw error;
        this.later(name, 0);
      }
    }).catch((error: unknown) => this.tell(name, error));
  }

  /** Looks for versions that nobody told of. */
  async catchUp(): Promise<void> {
    for (const [name, { version }] of this.live) {
      const kept = await this.options.shelf?.loadShape(name).catch(() => null);
      if (kept && kept.version !== version) await this.heard(name, kept.version);
    }
  }

  async close(): Promise<void> {
    this.closing.abort(new GatewayError('CANCELLED', 'the gateway stops'));
    for (const retry of this.retries.values()) clearTimeout(retry);
    await Promise.allSettled(this.queues.values());
    await Promise.all([...this.live.values()].map(({ store }) => store.close()));
  }

  private inOrder<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.queues.get(name) ?? Promise.resolve();
    const after = before.then(work, work);
    this.queues.set(
      name,
      after.catch(() => undefined),
    );
    return after;
  }

  private async begin(name: string): Promise<void> {
    const { patienceMs = 10_000 } = this.options;
    const patience = new AbortController();
    const late = setTimeout(
      () => patience.abort(new GatewayError('TIMEOUT', `${name}: reading its shape took longer than ${patienceMs} ms`)),
      patienceMs,
    );
    try {
      await this.read(name, AbortSignal.any([patience.signal, this.closing.signal]), true);
    } catch (error) {
      if (!(await this.fromShelf(name, error))) {
        const message = `not in the schema: ${reasonOf(error)}; it is tried again until it can be read`;
        this.set(name, without(this.get(name), [{ subject: name, message }]));
      }
      this.later(name, 0);
    } finally {
      clearTimeout(late);
    }
  }

  private async read(name: string, signal: AbortSignal, saves: boolean): Promise<void> {
    const { store, version: known } = this.get(name);
    const shape = await store.introspect(signal);
    const version = saves ? await this.save(store, shape) : known;
    this.set(name, { ...shaped(this.get(name), shape), from: 'STORE', version });
    clearTimeout(this.retries.get(name));
  }

  /** A shelf that cannot be written costs nothing now: it is told, and the source is served all the same. */
  private async save(store: Store, shape: SourceShape): Promise<number | null> {
    try {
      return (await this.options.shelf?.saveShape(store.name, store.engine, shape)) ?? null;
    } catch (error) {
      this.options.onEvent(`${store.name}: its shape could not be kept: ${reasonOf(error)}`);
      return null;
    }
  }

  private async fromShelf(name: string, failure: unknown = null): Promise<boolean> {
    const { store } = this.get(name);
    const kept = await this.options.shelf?.loadShape(name).catch(() => null);
    if (!kept || kept.engine !== store.engine) return false;
    const why = failure === null ? 'it cannot be read now' : reasonOf(failure);
    const message = `served as it was at ${kept.readAt.toISOString()}: ${why}; it is tried again until it can be read`;
    const told = [{ subject: name, message }];
    this.set(name, { ...shaped(this.get(name), kept.shape, told), from: 'SHELF', version: kept.version });
    return true;
  }

  private set(name: string, next: LiveSource): void {
    const before = new Map(this.live);
    this.live.set(name, next);
    if (this.isLinked(name)) this.link();
    if (before.get(name)!.structure === next.structure) return;
    try {
      this.options.onChange();
    } catch (error) {
      // No schema can be made of it: what was served stays.
      for (const [each, source] of before) this.live.set(each, source);
      throw error;
    }
  }

  private isLinked(name: string): boolean {
    const { relations = [] } = this.options;
    return relations.some((each) => !isWithin(each) && sourcesOf(each).includes(name));
  }

  /** Makes the models of all sources anew that relations lead between: an entity and what it leads to are of one time. */
  private link(): void {
    const linked = [...this.live].filter(([name]) => this.isLinked(name));
    const models = new Map(linked.map(([name, source]) => [name, modelOf(source)]));
    const problems = linkSources(models, this.options.relations ?? []);
    for (const [name, source] of linked) {
      const model = models.get(name)!;
      const told = [...model.problems, ...(problems.get(name) ?? [])];
      this.live.set(name, { ...source, model: { ...model, problems: told } });
    }
  }

  private later(name: string, attempt: number): void {
    if (this.closing.signal.aborted) return;
    const { first = 1_000, most = 60_000 } = this.options.retryMs ?? {};
    const again = async (): Promise<void> => {
      // Somebody has reloaded it in the meantime.
      if (this.get(name).from === 'STORE') return;
      await this.read(name, this.closing.signal, true);
      this.options.onEvent(`${name}: its shape has been read; it is served as it is now`);
    };
    const retry = setTimeout(
      () => void this.inOrder(name, again).catch(() => this.later(name, attempt + 1)),
      backOff(attempt, first, most),
    );
    retry.unref();
    this.retries.set(name, retry);
  }

  private tell(name: string, error: unknown): void {
    if (!this.closing.signal.aborted) this.options.onEvent(`${name}: ${reasonOf(error)}`);
  }
}

function without(setup: SourceSetup, told: readonly Problem[] = []): LiveSource {
  const { store, kind, naming } = setup;
  const nothing = { store, kind, naming, told, shape: NOTHING, from: 'NOTHING', version: null, structure: '' } as const;
  return { ...nothing, model: modelOf(nothing) };
}

const NOTHING: SourceShape = { entities: [], problems: [] };

function shaped(source: LiveSource, shape: SourceShape, told: readonly Problem[] = []): LiveSource {
  const structure = JSON.stringify(shape, (key, value: unknown) => (key === 'estimatedRows' ? null : value));
  return { ...source, shape, told, structure, model: modelOf({ ...source, shape, told }) };
}

function modelOf({ store, shape, naming, told }: Pick<LiveSource, 'store' | 'shape' | 'naming' | 'told'>): SourceModel {
  const model = buildEntities(store.name, shape, naming);
  return { ...model, problems: [...told, ...model.problems] };
}

/** Only what is meant for callers is shown. */
function reasonOf(error: unknown): string {
  return error instanceof GatewayError ? error.message : 'its shape could not be read';
}
