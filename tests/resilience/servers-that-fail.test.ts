import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { loadConfig } from '../../src/config/index.js';
import { openDriver } from '../conformance/harness/neo4j.js';
import { served, type GraphQLAnswer, type Served } from '../e2e/served.js';
import { until } from '../executor/source.js';
import { databaseOf } from '../mongodb/wire.js';
import { describeWith } from '../servers/describe-with.js';
import { ownServer, START_MS, type ServerName, type TestStore } from '../servers/index.js';
import { openPassage, type Passage } from '../servers/passage.js';
import { freeze } from '../servers/process.js';

/** What is done to a server, and how a source of the gateway names it. */
interface Subject {
  readonly engine: string;
  /** Puts in two rows, and gives the keys of the source's configuration. */
  load(store: TestStore): Promise<Readonly<Record<string, string>>>;
  /** Gives a server that was started anew the password of the one before it, whose place it takes. */
  login?(store: TestStore, before: TestStore): Promise<void>;
  /** The same keys for a connection with TLS, which these servers do not have. */
  encrypted(keys: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  /** Takes away what was read of it, or makes it something else. */
  change(store: TestStore): Promise<void>;
  /** What is answered then. */
  readonly changed: { readonly rows: unknown; readonly code: string | null; readonly gone: boolean };
}

function withUser({ url, user, password }: TestStore): URL {
  const own = new URL(url);
  [own.username, own.password] = [user!, password!];
  return own;
}

async function sql(store: TestStore, ...texts: string[]): Promise<URL> {
  const url = withUser(store);
  const admin = await createConnection(url.href);
  for (const text of texts) await admin.query(text);
  await admin.end();
  return url;
}

async function cypher(store: TestStore, text: string, database = 'neo4j'): Promise<void> {
  const driver = openDriver(store);
  await driver.executeQuery(text, {}, { database });
  await driver.close();
}

async function rest(store: TestStore, method: string, path: string, body?: string): Promise<void> {
  const headers = { 'content-type': 'application/x-ndjson' };
  const response = await fetch(new URL(path, store.url), { method, headers, ...(body ? { body } : {}) });
  if (!response.ok) throw new Error(await response.text());
}

const documents = (value: unknown) => new Map([['item', [{ id: value }, { id: 'b' }]]]);

const SUBJECTS: Readonly<Record<ServerName, Subject>> = {
  mariadb: {
    engine: 'mysql',
    load: async (store) => {
      const url = await sql(
        store,
        'create database if not exists frosty',
        'create table frosty.item (id varchar(9) primary key)',
        `insert into frosty.item values ('a'), ('b')`,
      );
      url.pathname = '/frosty';
      return { url: url.href };
    },
    login: async (store, { password }) => {
      await sql(store, `set password = password('${password}')`);
    },
    encrypted: (keys) => ({ ...keys, tls: 'ON' }),
    change: async (store) => {
      await sql(store, 'drop table frosty.item');
    },
    changed: { rows: null, code: 'SCHEMA_CHANGED', gone: true },
  },
  elasticsearch: {
    engine: 'elasticsearch',
    load: async (store) => {
      const lines = ['a', 'b'].flatMap((id) => ['{"index":{}}', JSON.stringify({ id })]);
      await rest(store, 'POST', '/item/_bulk?refresh=true', `${lines.join('\n')}\n`);
      return { url: store.url };
    },
    encrypted: ({ url }) => ({ url: url!.replace('http://', 'https://') }),
    change: (store) => rest(store, 'DELETE', '/item'),
    changed: { rows: null, code: 'SCHEMA_CHANGED', gone: true },
  },
  neo4j: {
    engine: 'neo4j',
    load: async (store) => {
      await cypher(store, 'CREATE (:item {id: "a"}), (:item {id: "b"})');
      return { url: withUser(store).href };
    },
    login: (store, { password }) =>
      cypher(store, `ALTER CURRENT USER SET PASSWORD FROM '${store.password}' TO '${password}'`, 'system'),
    encrypted: ({ url }) => ({ url: url!.replace('://', '+s://') }),
    change: (store) => cypher(store, 'MATCH (n:item {id: "a"}) SET n.id = 1'),
    changed: { rows: null, code: 'INTEGRITY', gone: false },
  },
  mongodb: {
    engine: 'mongodb',
    load: async (store) => ({ url: await databaseOf(store.url, 'frosty', documents('a')) }),
    encrypted: ({ url }) => ({ url: `${url!}?tls=true` }),
    change: async (store) => {
      await databaseOf(store.url, 'frosty', documents(1));
    },
    changed: { rows: [{ id: 'b' }, { id: null }], code: null, gone: false },
  },
};

const ASKED = '{ shaky { item(orderBy: [{ id: ASC }]) { id } } steady { item(orderBy: [{ id: ASC }]) { id } } }';
const ROWS = [{ id: 'a' }, { id: 'b' }];
const told = ({ data, errors = [] }: GraphQLAnswer): unknown => ({
  data,
  errors: errors.map(({ path, extensions }) => [path, extensions.code]),
});

for (const [name, subject] of Object.entries(SUBJECTS) as [ServerName, Subject][]) {
  describeWith(name, `${subject.engine}: beside a store that stands`, () => {
    let folder: string;
    let store: TestStore & { stop(): Promise<void> };
    let gateway: Served;
    /** The address that the gateway knows, whichever server is behind it. */
    let passage: Passage;
    let keys: Readonly<Record<string, string>>;

    async function gatewayOver(own: Readonly<Record<string, string>>): Promise<Served> {
      const place = await mkdtemp(join(folder, 'gateway-'));
      const [config, dataDir] = [join(place, 'config.yml'), join(place, 'data')];
      const more = 'retries: 0, timeouts: { connect: 1s, read: 2s }, breaker: { failures: 3, rest: 1s }';
      const spelled = Object.entries(own).map(([key, value]) => `${key}: '${value}', `);
      await writeFile(
        config,
        `sources:
  steady: { engine: duckdb, path: '${join(folder, '*.csv')}' }
  shaky: { engine: ${subject.engine}, ${spelled.join('')}${more} }
`,
      );
      return served(null, () => loadConfig({ config, dataDir }, {}));
    }

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'trainyard-servers-'));
      store = await ownServer(name);
      passage = await openPassage(() => {
        const { hostname, port } = new URL(store.url);
        return { host: hostname, port: Number(port) };
      });
      const { url, ...more } = await subject.load(store);
      keys = { ...more, url: url!.replace(new URL(store.url).host, passage.host) };
      await writeFile(join(folder, 'item.csv'), 'id\na\nb\n');
      gateway = await gatewayOver(keys);
    }, START_MS);
    afterAll(async () => {
      await gateway.close();
      await passage.close();
      await store.stop();
      await rm(folder, { recursive: true, force: true });
    });

    const ask = async (): Promise<unknown> => told(await gateway.ask(ASKED));
    const whole = { data: { shaky: { item: ROWS }, steady: { item: ROWS } }, errors: [] };
    const gone = (code: unknown): unknown => ({
      data: { shaky: { item: null }, steady: { item: ROWS } },
      errors: [[['shaky', 'item'], code]],
    });

    test('without the TLS that it is asked for, it is left out, with the reason', async () => {
      const strict = await gatewayOver(subject.encrypted(keys));
      try {
        const [problem, ...others] = strict.yard.sources.get('shaky')!.model.problems;
        expect(others).toEqual([]);
        expect(problem!.message).toMatch(/^not in the schema: /);
        for (const secret of [store.password, keys.url]) if (secret) expect(problem!.message).not.toContain(secret);
        expect(told(await strict.ask('{ steady { item(orderBy: [{ id: ASC }]) { id } } }'))).toEqual({
          data: { steady: { item: ROWS } },
          errors: [],
        });
      } finally {
        await strict.close();
      }
    }, 60_000);

    test('frozen, it meets its time-out, then is left alone; it is there again when it thaws', async () => {
      expect(await ask()).toEqual(whole);
      await freeze(store.pid);
      try {
        expect(await ask()).toEqual(gone(expect.stringMatching(/^(TIMEOUT|STORE_UNAVAILABLE)$/)));
        await until(async () => {
          const { errors = [] } = await gateway.ask('{ shaky { item { id } } }');
          return errors[0]?.message.includes('is left alone for a while') ?? false;
        }, 60);
        expect(await gateway.yard.readiness()).toMatchObject({ shaky: 'DOWN', steady: 'UP' });
      } finally {
        process.kill(store.pid, 'SIGCONT');
      }
      await until(async () => (await gateway.ask(ASKED)).errors === undefined, 60);
      expect(await ask()).toEqual(whole);
    }, 120_000);

    test('when what was read of it is not there any more, or something else', async () => {
      await subject.change(store);
      const { rows, code, gone: isGone } = subject.changed;
      expect(await ask()).toEqual({
        data: { shaky: { item: rows }, steady: { item: ROWS } },
        errors: code === null ? [] : [[['shaky', 'item'], code]],
      });
      if (!isGone) return;
      // It takes the shape that it has now, and nobody asks for what is gone.
      const { problems } = await gateway.yard.control.reloadSource('shaky');
      expect(problems.map(({ message }) => message)).toEqual([]);
      expect((await gateway.ask('{ shaky { item { id } } }')).errors![0]!.extensions.code).toBe(
        'GRAPHQL_VALIDATION_FAILED',
      );
    }, 60_000);

    test(
      'killed while it is read, it fails what is read; started again, it answers by itself',
      async () => {
        if (subject.changed.gone) {
          await subject.load(store);
          await gateway.yard.control.reloadSource('shaky');
        }
        await freeze(store.pid);
        const asked = ask();
        await new Promise((resolve) => setTimeout(resolve, 300));
        process.kill(store.pid, 'SIGKILL');
        expect(await asked).toEqual(gone('STORE_UNAVAILABLE'));
        expect(await ask()).toEqual(gone('STORE_UNAVAILABLE'));
        await store.stop();
        const before = store;
        store = await ownServer(name);
        await subject.load(store);
        await subject.login?.(store, before);
        await until(async () => (await gateway.ask(ASKED)).errors === undefined, 60);
        expect(await ask()).toEqual(whole);
      },
      START_MS,
    );
  });
}
