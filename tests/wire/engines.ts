import { MongoClient } from 'mongodb';
import { createConnection } from 'mysql2/promise';
import neo4j from 'neo4j-driver';
import type { NetConnectOpts } from 'node:net';
import { asked } from '../conformance/harness/elasticsearch.js';
import { openPools, openTestServer } from '../postgres/server.js';
import type { ServerName, TestStore } from '../servers/index.js';
import {
  boltRequests,
  httpRequests,
  mongodbRequests,
  mysqlRequests,
  postgresRequests,
  type RequestCounter,
} from './requests.js';
import { REFERENCES, sqlOf, type Table } from './shop.js';

/** A store that is reached over a network, and what a request is in its protocol. */
export interface WiredEngine {
  readonly name: string;
  readonly request: string;
  readonly counter: () => RequestCounter;
  readonly customers: number;
  /** Needed beside the tests; null: PostgreSQL, which comes with the gateway. */
  readonly server: ServerName | null;
  /** Loads the shop under names of its own. */
  open(server: TestStore | null, prefix: string, tables: readonly Table[]): Promise<OpenedShop>;
}

export interface OpenedShop {
  readonly target: NetConnectOpts;
  /** The source of the config, over another way to the same server. */
  readonly source: (host: string) => string;
  /** What the entities' names begin with. */
  readonly prefix: string;
  close(): Promise<void>;
}

function addressOf(url: string): NetConnectOpts {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

const postgres: WiredEngine = {
  ...{ name: 'postgres', request: 'Sync or simple query', counter: postgresRequests, server: null },
  customers: 1_000,
  open: async (_server, _prefix, tables) => {
    const server = await openTestServer();
    const url = new URL(await server.freshDatabase('shop'));
    const admin = openPools(url.href);
    await admin.script([...sqlOf(tables), 'analyze'].join(';\n'), { signal: AbortSignal.timeout(60_000) });
    await admin.close();
    const path = `${url.searchParams.get('host')!}/.s.PGSQL.5432`;
    const source = (host: string): string =>
      `engine: postgres, url: 'postgres://${url.username}:${url.password}@${host}${url.pathname}'`;
    return { target: { path }, source, prefix: '', close: () => server.close() };
  },
};

const mysql: WiredEngine = {
  ...{ name: 'mysql (MariaDB)', request: 'command', counter: mysqlRequests, server: 'mariadb' },
  customers: 1_000,
  open: async (server, prefix, tables) => {
    const { user, password, url } = server!;
    const target = addressOf(url) as { host: string; port: number };
    const admin = await createConnection({ ...target, user: user!, password: password! });
    await admin.query(`create database ${prefix}`);
    await admin.query(`use ${prefix}`);
    for (const statement of sqlOf(tables)) await admin.query(statement);
    const source = (host: string): string =>
      `engine: mysql, url: 'mysql://${user!}:${encodeURIComponent(password!)}@${host}/${prefix}'`;
    const close = async (): Promise<void> => {
      await admin.query(`drop database ${prefix}`);
      await admin.end();
    };
    return { target, source, prefix: '', close };
  },
};

const mongodb: WiredEngine = {
  ...{ name: 'mongodb (wire server)', request: 'command', counter: mongodbRequests, server: 'mongodb' },
  // That server follows a $lookup by looking at every document.
  customers: 100,
  open: async (server, prefix, tables) => {
    const client = await MongoClient.connect(server!.url);
    const database = client.db(prefix);
    for (const { name, rows } of tables) {
      await database.collection(name).insertMany(rows.map((row) => ({ ...row })));
      const reference = REFERENCES[name];
      await database.collection(name).createIndex({ id: 1 });
      if (reference !== undefined) await database.collection(name).createIndex({ [reference]: 1 });
    }
    const source = (host: string): string =>
      `engine: mongodb, url: 'mongodb://${host}/${prefix}?directConnection=true'`;
    const close = async (): Promise<void> => {
      await database.dropDatabase();
      await client.close();
    };
    return { target: addressOf(server!.url), source, prefix: '', close };
  },
};

const neo4jEngine: WiredEngine = {
  ...{ name: 'neo4j', request: 'RUN', counter: boltRequests, server: 'neo4j' },
  customers: 1_000,
  open: async (server, prefix, tables) => {
    const { url, user, password } = server!;
    const driver = neo4j.driver(url, neo4j.auth.basic(user!, password!));
    for (const { name, rows } of tables) {
      const label = `${prefix}_${name}`;
      await driver.executeQuery(`create constraint ${label} for (n:${label}) require n.id is unique`);
      const reference = REFERENCES[name];
      if (reference !== undefined)
        await driver.executeQuery(`create index ${label}_i for (n:${label}) on (n.${reference})`);
      const whole = rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([k, v]) => [k, typeof v === 'number' ? neo4j.int(v) : v])),
      );
      await driver.executeQuery(`unwind $rows as row create (n:${label}) set n = row`, { rows: whole });
    }
    await driver.executeQuery('call db.awaitIndexes()');
    const source = (host: string): string =>
      `engine: neo4j, url: 'bolt://${user!}:${encodeURIComponent(password!)}@${host}'`;
    const close = async (): Promise<void> => {
      for (const { name } of tables) {
        const label = `${prefix}_${name}`;
        await driver.executeQuery(`match (n:${label}) detach delete n`);
        await driver.executeQuery(`drop constraint ${label}`);
        if (REFERENCES[name] !== undefined) await driver.executeQuery(`drop index ${label}_i`);
      }
      await driver.close();
    };
    return { target: addressOf(url), source, prefix: `${prefix}_`, close };
  },
};

const elasticsearch: WiredEngine = {
  ...{ name: 'elasticsearch', request: 'HTTP request', counter: httpRequests, server: 'elasticsearch' },
  customers: 1_000,
  open: async (server, prefix, tables) => {
    const { url } = server!;
    for (const { name, rows } of tables) {
      const types = Object.entries(rows[0]!).map(([field, value]) => [
        field,
        { type: typeof value === 'number' ? 'integer' : 'keyword' },
      ]);
      const settings = { number_of_shards: 1, number_of_replicas: 0 };
      const body = JSON.stringify({ settings, mappings: { properties: Object.fromEntries(types) } });
      await asked(url, 'PUT', `/${prefix}_${name}`, body);
      const lines = rows.map((row) => `{"index":{}}\n${JSON.stringify(row)}\n`);
      await asked(url, 'POST', `/${prefix}_${name}/_bulk?refresh=true`, lines.join(''));
    }
    const source = (host: string): string => `engine: elasticsearch, url: 'http://${host}', indices: ['${prefix}_*']`;
    const close = async (): Promise<void> => {
      await asked(url, 'DELETE', `/${prefix}_*`);
    };
    return { target: addressOf(url), source, prefix: `${prefix}_`, close };
  },
};

export const WIRED: readonly WiredEngine[] = [postgres, mysql, mongodb, neo4jEngine, elasticsearch];
