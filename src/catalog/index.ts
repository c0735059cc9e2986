import { randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { DataSource } from 'typeorm';
import { GatewayError } from '../errors.js';
import { addressOf } from '../postgres/address.js';
import { CONNECTIONS } from '../postgres/budget.js';
import { mapError } from '../postgres/errors.js';
import { listen } from '../postgres/listen.js';
import type { SourceShape } from '../store/shape.js';
import { ENTITIES, SecretRow, SourceShapeRow } from './entities.js';
import { migrate, MIGRATIONS_TABLE, SCHEMA } from './migrate.js';
import { MIGRATIONS } from './migrations/index.js';

export interface StoredShape {
  readonly version: number;
  readonly engine: string;
  readonly shape: SourceShape;
  readonly readAt: Date;
}

/** What the gateway remembers between starts. */
export interface Catalog {
  /** To be called before anything else is asked; answers which migrations were run now. CONFLICT when a newer program has migrated the catalog. */
  migrate(): Promise<readonly string[]>;
  /** The shape's version: the same number while only row counts change. */
  saveShape(source: string, engine: string, shape: SourceShape): Promise<number>;
  /** The latest shape of a source, or null. */
  loadShape(source: string): Promise<StoredShape | null>;
  /**
   * Tells of new versions that others on this catalog have saved, until the returned function is called. `onGap`: some may
   * have been missed.
   */
  onShape(onVersion: (source: string, version: number) => void, onGap: () => void): Promise<() => Promise<void>>;
  /** Random bytes under a name, made at the first call and the same for everybody ever after. */
  secret(name: string, bytes: number): Promise<Buffer>;
  close(): Promise<void>;
}

export interface CatalogOptions {
  readonly url: string;
  /** The program's. */
  readonly version: string;
}

const CONNECT_MS = 5_000;
/** Where versions of shapes are told of. */
const CHANNEL = 'trainyard_shape';

interface Told {
  readonly source: string;
  readonly version: number;
  /** The catalog connection that saved it. */
  readonly by: string;
}

export async function openCatalog({ url, version }: CatalogOptions): Promise<Catalog> {
  const { user, ...address } = addressOf(url);
  const data = new DataSource({
    type: 'postgres',
    ...address,
    username: user,
    schema: SCHEMA,
    applicationName: 'trainyard catalog',
    poolSize: CONNECTIONS.catalog,
    connectTimeoutMS: CONNECT_MS,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: MIGRATIONS_TABLE,
    // Otherwise TypeORM asks for an extension of its own.
    installExtensions: false,
    logging: false,
  });
  const asked = async <T>(ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      throw error instanceof GatewayError ? error : mapError(driverError(error), 'catalog');
    }
  };
  const self = randomUUID();
  await asked(() => data.initialize());
  return {
    migrate: () => asked(() => migrate(data, version)),
    saveShape: (source, engine, shape) =>
      asked(() =>
        data.transaction(async (manager) => {
          await manager.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`shape of ${source}`]);
          const [latest] = await manager.find(SourceShapeRow, {
            where: { source },
            order: { version: 'desc' },
            take: 1,
          });
          if (latest && latest.engine === engine && isDeepStrictEqual(lasting(latest.shape), lasting(shape))) {
            await manager.update(SourceShapeRow, { source, version: latest.version }, { readAt: new Date() });
            return latest.version;
          }
          const next = (latest?.version ?? 0) + 1;
          await manager.insert(SourceShapeRow, {
            source,
            version: next,
            engine,
            shape: shape as never,
            readAt: new Date(),
          });
          const told: Told = { source, version: next, by: self };
          await manager.query('select pg_notify($1, $2)', [CHANNEL, JSON.stringify(told)]);
          return next;
        }),
      ),
    loadShape: (source) =>
      asked(async () => {
        const [latest] = await data
          .getRepository(SourceShapeRow)
          .find({ where: { source }, order: { version: 'desc' }, take: 1 });
        return latest
          ? { version: latest.version, engine: latest.engine, shape: latest.shape, readAt: latest.readAt }
          : null;
      }),
    onShape: (onVersion, onGap) =>
      listen(
        { url, name: 'catalog', connectTimeoutMs: CONNECT_MS, readTimeoutMs: 0 },
        CHANNEL,
        (payload) => {
          const told = read(payload);
          if (told && told.by !== self) onVersion(told.source, told.version);
        },
        onGap,
      ),
    secret: (name, bytes) =>
      asked(async () => {
        const secrets = data.getRepository(SecretRow);
        await secrets
          .createQueryBuilder()
          .insert()
          .values({ name, value: randomBytes(bytes) })
          .orIgnore()
          .execute();
        return (await secrets.findOneByOrFail({ name })).value;
      }),
    close: () => data.destroy(),
  };
}

/** Anybody who may connect to the catalog's database may notify. */
function read(payload: string): Told | null {
  try {
    const { source, version, by } = JSON.parse(payload) as Partial<Told>;
    return typeof source === 'string' && typeof version === 'number' && typeof by === 'string'
      ? { source, version, by }
      : null;
  } catch {
    return null;
  }
}

/** The shape as JSON keeps it, without what changes from day to day. */
function lasting(shape: SourceShape): unknown {
  return JSON.parse(JSON.stringify(shape, (key, value: unknown) => (key === 'estimatedRows' ? null : value)));
}

/** TypeORM wraps what the driver threw. */
function driverError(error: unknown): unknown {
  return error instanceof Error && 'driverError' in error ? error.driverError : error;
}
