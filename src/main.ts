import { join } from 'node:path';
import { openSource } from '../datasources/index.js';
import { openCompute, type Compute, type ComputeOptions } from './compute/answer.js';
import { makeLoaders, type ControlPlane, type Loaders } from '../resolvers/context.js';
import { buildControlPlaneSchema } from '../resolvers/schema.js';
import { withDemo, type Config, type SourceConfig } from './config/index.js';
import { explainOperation } from './dataplane/explain.js';
import { Plane } from './dataplane/service.js';
import { buildPlaneSchema } from './dataplane/schema.js';
import { openExecutor, type Executor } from './executor/stream.js';
import type { EntityRef } from './ir/entity.js';
import { openRecords } from './main/records.js';
import { openCursors } from './planner/cursors.js';
import { NO_POLICY } from './planner/scope.js';
import { LiveSources, type LiveSource, type SourceSetup } from './sources/live.js';
import type { SourceModel } from './sources/model.js';
import { sourcesOf } from './sources/relations.js';
import { viewSource, type HealthView, type SourceView } from './sources/view.js';
import { resilient } from './store/resilient.js';
import type { Store } from './store/store.js';

export interface OpenedSource {
  readonly store: Store;
  readonly model: SourceModel;
}

/** The gateway without its sockets: what serve, the CLI and the tests share. */
export interface Yard {
  readonly config: Config;
  /** The present one: a source that has another shape makes a new one. */
  readonly plane: Plane;
  readonly sources: ReadonlyMap<string, OpenedSource>;
  readonly control: ControlPlane;
  /** Streams over the present shapes of the sources. */
  readonly executor: Executor;
  /** What control-plane resolvers get, new for each request. */
  readonly controlContext: () => { readonly yard: ControlPlane; readonly loaders: Loaders };
  /** The state of each source, asked now. */
  readonly readiness: () => Promise<Readonly<Record<string, HealthView['status']>>>;
  close(): Promise<void>;
}

export interface YardOptions {
  /** Whether there is a catalog: a command that only looks at the sources needs none. Default true. */
  readonly keeps?: boolean;
  /** How often a source that cannot be read is tried again. */
  readonly retryMs?: { readonly first: number; readonly most: number };
  /** How a process begins that joins the rows of a stream: for tests, which run the sources. */
  readonly worker?: ComputeOptions['worker'];
}

/** The only wiring. `onEvent` is told of progress and, later, of what happens by itself. */
export async function openYard(
  config: Config,
  onEvent: (message: string) => void = () => undefined,
  { keeps = true, retryMs, worker }: YardOptions = {},
): Promise<Yard> {
  const [controlSchema, records] = await Promise.all([buildControlPlaneSchema(), openRecords(config, keeps, onEvent)]);
  const { catalog, demoAt, cursorSecret } = records;
  const served = demoAt === null ? config : withDemo(config, demoAt);
  const cursors = openCursors(cursorSecret);
  let plane: Plane | null = null;
  let stopListening: () => Promise<void> = () => Promise.resolve();
  const live = new LiveSources({
    shelf: catalog,
    onChange: () => {
      if (plane) plane = makePlane();
    },
    onEvent,
    relations: served.relations,
    ...(retryMs ? { retryMs } : {}),
  });
  const compute = computeOf(config, worker);
  const close = async (): Promise<void> => {
    await stopListening();
    await live.close();
    await compute.close();
    await records.close();
  };
  const storeOf = (name: string): Store => live.get(name).store;
  const makePlane = (): Plane => {
    // A plane answers over the shapes that its schema was made of, whatever is read again meanwhile.
    const models = new Map([...live.all].map(([name, { model }]) => [name, model]));
    const described = [...models].map(([name, { entities }]) => ({ name, description: null, entities }));
    return new Plane({
      schema: buildPlaneSchema(controlSchema, described, config.limits),
      entities: { resolve: (ref) => models.get(ref.source)?.entities.get(ref.entity) ?? null },
      policyOf: NO_POLICY,
      limits: config.limits,
      rowBudget: config.limits.rowBudget,
      keyBudget: config.limits.semiJoinKeys,
      // The cache takes no size of nothing; in one byte nothing fits.
      planCacheBytes: Math.max(1, config.limits.planCacheBytes),
      storeOf,
      compute,
      cursors,
    });
  };
  const present = (): Plane => plane!;
  const control: ControlPlane = {
    sources: () => [...live.all.values()].map(view),
    health: (names) => Promise.all(names.map((name) => storeOf(name).health())),
    reloadSource: async (name) => view(await live.reload(name)),
    explain: (request) => explainOperation(present(), storeOf, request),
  };
  const entities = { resolve: (ref: EntityRef) => live.all.get(ref.source)?.model.entities.get(ref.entity) ?? null };
  try {
    const setups = Object.entries(served.sources).map(([name, source]) => setUp(served, name, source, onEvent));
    await live.open(await Promise.all(setups));
    plane = makePlane();
    if (catalog) {
      stopListening = await catalog.onShape(
        (source, version) => void live.heard(source, version),
        () => void live.catchUp(),
      );
      await live.catchUp();
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    config,
    executor: openExecutor({
      entities,
      policyOf: NO_POLICY,
      storeOf,
      rowBudget: config.limits.rowBudget,
      keyBudget: config.limits.semiJoinKeys,
      compute,
    }),
    get plane() {
      return present();
    },
    sources: live.all,
    control,
    controlContext: () => ({ yard: control, loaders: makeLoaders(control) }),
    readiness: async () => {
      const names = [...live.all.keys()];
      const healths = await control.health(names);
      return Object.fromEntries(names.map((name, i) => [name, healths[i]!.status]));
    },
    close,
  };
}

async function setUp(
  config: Config,
  name: string,
  source: SourceConfig,
  onEvent: (message: string) => void,
): Promise<SourceSetup> {
  const relations = config.relations.filter((each) => sourcesOf(each).includes(name));
  const opened = await openSource(name, source, { queueLimit: config.limits.queue });
  const store = 'breaker' in source ? resilient(opened, source, onEvent) : opened;
  return { store, kind: source.kind, naming: { ...source, relations } };
}

/** Where answers are made that the stores cannot give: with a limit of memory, and a folder for what exceeds it. */
function computeOf({ limits, storage }: Config, worker: ComputeOptions['worker']): Compute {
  return openCompute({
    ...(worker ? { worker } : {}),
    memory: limits.computeMemory,
    disk: limits.computeDisk,
    temporary: join(storage.path, 'compute'),
    threads: 2,
    concurrency: 4,
    queueLimit: limits.queue,
    readMs: limits.request,
  });
}

function view({ store, model, kind }: LiveSource): SourceView {
  return viewSource(store, model, kind);
}
