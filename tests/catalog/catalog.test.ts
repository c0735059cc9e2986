import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openCatalog } from '../../src/catalog/index.js';
import type { SourceShape } from '../../src/store/shape.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';

const never = new AbortController().signal;

function shapeOf(fields: readonly string[], estimatedRows: number): SourceShape {
  return {
    problems: [],
    entities: [
      {
        name: 'item',
        id: 'public.item',
        kind: 'TABLE',
        description: null,
        fields: fields.map((name) => ({
          name,
          type: { kind: 'INT' } as never,
          nullable: false,
          description: null,
          native: { column: name },
        })),
        key: ['id'],
        unique: [],
        references: [],
        estimatedRows,
        native: null,
      },
    ],
  };
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 500 && !(await isSo()); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await isSo()).toBe(true);
}

describe('catalog', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await openTestServer();
  });
  afterAll(() => server.close());

  test('several gateways migrate at once, and again, each migration once', async () => {
    const url = await server.freshDatabase();
    const catalogs = await Promise.all([1, 2, 3, 4].map(() => openCatalog({ url, version: '1.2.3' })));
    const run = await Promise.all(catalogs.map((catalog) => catalog.migrate()));
    expect(run.flat()).toEqual(['First1795478400000']);
    expect(await catalogs[0]!.migrate()).toEqual([]);
    await Promise.all(catalogs.map((catalog) => catalog.close()));
    const postgres = openPools(url);
    const read = async (text: string): Promise<unknown> =>
      (await postgres.run({ text, values: [] }, { signal: never })).rows;
    expect(await read('select name from trainyard.migration')).toEqual([['First1795478400000']]);
    expect(await read('select name, value from trainyard.meta')).toEqual([['version', '1.2.3']]);
    expect(await read(`select count(*) from information_schema.tables where table_schema = 'public'`)).toEqual([['0']]);
    expect(await read(`select count(*) from pg_stat_activity where application_name = 'trainyard catalog'`)).toEqual([
      ['0'],
    ]);
    await postgres.close();
  });

  test('a catalog that a newer program migrated is refused and left as it is', async () => {
    const url = await server.freshDatabase();
    const catalog = await openCatalog({ url, version: '1' });
    await catalog.migrate();
    const postgres = openPools(url);
    await postgres.script(
      `insert into trainyard.migration (timestamp, name) values (9999999999999, 'FromTheFuture9999999999999')`,
      { signal: never },
    );
    const older = await openCatalog({ url, version: '0' });
    await expect(older.migrate()).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('FromTheFuture9999999999999'),
    });
    const version = await postgres.run({ text: 'select value from trainyard.meta', values: [] }, { signal: never });
    expect(version.rows).toEqual([['1']]);
    await Promise.all([catalog.close(), older.close(), postgres.close()]);
  });

  test('a shape gets a new version when it changes, not when its row counts do', async () => {
    const catalog = await openCatalog({ url: await server.freshDatabase(), version: '1' });
    await catalog.migrate();
    expect(await catalog.loadShape('shop')).toBeNull();
    expect(await catalog.saveShape('shop', 'postgres', shapeOf(['id'], 10))).toBe(1);
    expect(await catalog.saveShape('shop', 'postgres', shapeOf(['id'], 11))).toBe(1);
    expect(await catalog.saveShape('shop', 'postgres', shapeOf(['id', 'label'], 11))).toBe(2);
    expect(await catalog.saveShape('other', 'postgres', shapeOf(['id'], 10))).toBe(1);
    expect(await catalog.loadShape('shop')).toMatchObject({
      version: 2,
      engine: 'postgres',
      shape: shapeOf(['id', 'label'], 11),
      readAt: expect.any(Date),
    });
    const versions = await Promise.all([1, 2, 3].map(() => catalog.saveShape('shop', 'postgres', shapeOf(['id'], 5))));
    expect(versions).toEqual([3, 3, 3]);
    await catalog.close();
  });

  test('others are told of a new version, whoever saved it is not, and words of strangers are nothing', async () => {
    const url = await server.freshDatabase();
    const [one, two] = await Promise.all([1, 2].map(() => openCatalog({ url, version: '1' })));
    await one!.migrate();
    const heard: Record<'one' | 'two', string[]> = { one: [], two: [] };
    let gaps = 0;
    const stops = await Promise.all([
      one!.onShape(
        (source, version) => heard.one.push(`${source} ${version}`),
        () => undefined,
      ),
      two!.onShape(
        (source, version) => heard.two.push(`${source} ${version}`),
        () => (gaps += 1),
      ),
    ]);
    await one!.saveShape('shop', 'postgres', shapeOf(['id'], 10));
    await one!.saveShape('shop', 'postgres', shapeOf(['id'], 11));
    await one!.saveShape('shop', 'postgres', shapeOf(['id', 'label'], 11));
    const postgres = openPools(url);
    const run = (text: string): Promise<unknown> => postgres.run({ text, values: [] }, { signal: never });
    for (const junk of ['', '{', 'null', '1', '{"source":1,"version":2,"by":"x"}'])
      await run(`select pg_notify('trainyard_shape', '${junk}')`);
    await two!.saveShape('other', 'postgres', shapeOf(['id'], 10));
    await until(() => heard.one.length === 1 && heard.two.length === 2);
    expect(heard).toEqual({ one: ['other 1'], two: ['shop 1', 'shop 2'] });
    await run(`select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%'`);
    await until(() => gaps === 1);
    await one!.saveShape('shop', 'postgres', shapeOf(['id'], 1));
    await until(() => heard.two.length === 3);
    for (const stop of stops) await stop();
    await Promise.all([one!.close(), two!.close(), postgres.close()]);
  });

  test('a catalog whose server was gone for a while answers again', async () => {
    const url = await server.freshDatabase();
    const catalog = await openCatalog({ url, version: '1' });
    await catalog.migrate();
    const postgres = openPools(url);
    const text = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'trainyard catalog'`;
    await postgres.run({ text, values: [] }, { signal: never });
    await until(() =>
      catalog.loadShape('shop').then(
        () => true,
        () => false,
      ),
    );
    expect(await catalog.saveShape('shop', 'postgres', shapeOf(['id'], 10))).toBe(1);
    await Promise.all([catalog.close(), postgres.close()]);
  });

  test('a secret is made once, whoever asks first', async () => {
    const catalog = await openCatalog({ url: await server.freshDatabase(), version: '1' });
    await catalog.migrate();
    const asked = await Promise.all([1, 2, 3].map(() => catalog.secret('cursor', 32)));
    expect(new Set(asked.map((s) => s.toString('hex'))).size).toBe(1);
    expect(asked[0]).toHaveLength(32);
    expect((await catalog.secret('other', 32)).equals(asked[0]!)).toBe(false);
    await catalog.close();
  });

  test('a catalog that cannot be reached says so without its password', async () => {
    const url = 'postgres://someone:hush@127.0.0.1:1/nowhere';
    const failed = openCatalog({ url, version: '1' });
    await expect(failed).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.not.stringContaining('hush'),
    });
  });
});
