// What relations between stores cost. `npm run bench:federation [two four keys measures join]`:
// two, four: 50 rows with 5 children in each other store, against hand-written code on the bare drivers in the least number of
// calls; keys: a filter of 100,000 join values; measures: rows in the order of a measure of another
// store's rows, and groups by its fields; join: a stream over 1,000,000 × 1,000,000 rows of two stores.
import { readdirSync, readFileSync } from 'node:fs';
import { clearInterval, setInterval } from 'node:timers';
import '../typescript.mjs';
import gql from 'graphql';
import { Client } from '@elastic/elasticsearch';
import mysql from 'mysql2/promise';
import neo4j from 'neo4j-driver';
import pg from 'pg';
import { compare, openGateway } from './compare.mjs';
import { f } from './servers.mjs';

const { openPools, openTestServer } = await import('../postgres/server.ts');
const { ownServer } = await import('../servers/index.ts');
const { ANONYMOUS } = await import('../../dist/src/auth/caller.js');
const { tableQuery } = await import('../../dist/src/planner/table.js');

const { signal } = new AbortController();
const [CUSTOMERS, CHILDREN] = [1_000, 5];
const customers = Array.from({ length: CUSTOMERS }, (_, i) => ({ id: i, name: `customer ${i}`, region: i % 20 }));
const childrenOf = (what) =>
  Array.from({ length: CUSTOMERS * CHILDREN }, (_, i) => ({
    id: i,
    customer: Math.floor(i / CHILDREN),
    note: `${what} ${i % 97}`,
  }));
const variables = () => ({ region: Math.floor(Math.random() * 20) });

const server = await openTestServer();

async function database(...texts) {
  const url = await server.freshDatabase();
  const pools = openPools(url, { readTimeoutMs: 300_000 });
  for (const text of texts) await pools.script(text, { signal });
  await pools.close();
  return url;
}

const rowsIn = (table, rows) =>
  `insert into ${table} select * from json_populate_recordset(null::${table}, '${JSON.stringify(rows)}'); analyze ${table}`;

const customerTable = () =>
  database(
    'create table customer (id int primary key, name text not null, region int not null); create index on customer (region)',
    rowsIn('customer', customers),
  );

/** Each kind of store with the children of customers: its source, a reading by keys, and its end. */
const FAR = {
  async postgres() {
    const url = await database(
      'create table child (id int primary key, customer int not null, note text not null); create index on child (customer)',
      rowsIn('child', childrenOf('order')),
    );
    const pool = new pg.Pool({ connectionString: url, max: 10 }).on('error', () => undefined);
    return {
      source: `engine: postgres, url: '${url}'`,
      async read(ids) {
        const text = 'select id, customer, note from child where customer = any($1) order by id';
        return (await pool.query({ name: 'children', text, values: [ids] })).rows;
      },
      close: () => pool.end(),
    };
  },
  async mysql() {
    const own = await ownServer('mariadb');
    const url = `mysql://${own.user}:${encodeURIComponent(own.password)}@${new URL(own.url).host}/trainyard`;
    const pool = mysql.createPool({ uri: url, connectionLimit: 10 });
    await pool.query(
      'create table child (id int primary key, customer int not null, note varchar(50) not null, index (customer))',
    );
    await pool.query('insert into child values ?', [childrenOf('order').map((row) => Object.values(row))]);
    return {
      source: `engine: mysql, url: '${url}'`,
      async read(ids) {
        const marks = ids.map(() => '?').join(', ');
        const [rows] = await pool.execute(
          `select id, customer, note from child where customer in (${marks}) order by id`,
          ids,
        );
        return rows;
      },
      async close() {
        await pool.end();
        await own.stop();
      },
    };
  },
  async neo4j() {
    const own = await ownServer('neo4j');
    const driver = neo4j.driver(own.url, neo4j.auth.basic(own.user, own.password), { disableLosslessIntegers: true });
    const int = neo4j.int;
    const rows = childrenOf('visit').map(({ id, customer, note }) => ({ id: int(id), customer: int(customer), note }));
    await driver.executeQuery('create constraint for (n:child) require n.id is unique');
    await driver.executeQuery('create index for (n:child) on (n.customer)');
    await driver.executeQuery('unwind $rows as row create (n:child) set n = row', { rows });
    const url = `bolt://${own.user}:${encodeURIComponent(own.password)}@${new URL(own.url).host}`;
    return {
      source: `engine: neo4j, url: '${url}'`,
      async read(ids) {
        const { records } = await driver.executeQuery(
          'match (n:child) where n.customer in $ids return n.id as id, n.customer as customer, n.note as note order by n.id',
          { ids: ids.map((id) => int(id)) },
        );
        return records.map((record) => record.toObject());
      },
      async close() {
        await driver.close();
        await own.stop();
      },
    };
  },
  async elasticsearch() {
    const own = await ownServer('elasticsearch');
    const client = new Client({ node: own.url });
    const integer = { type: 'integer' };
    await client.indices.create({
      index: 'child',
      mappings: { properties: { id: integer, customer: integer, note: { type: 'keyword' } } },
      settings: { number_of_shards: 1, number_of_replicas: 0 },
    });
    const operations = childrenOf('review').flatMap((row) => [{ index: { _id: String(row.id) } }, row]);
    await client.bulk({ index: 'child', operations, refresh: true });
    return {
      source: `engine: elasticsearch, url: '${own.url}', entities: { child: { key: [id] } }`,
      async read(ids) {
        const query = { terms: { customer: ids } };
        const { hits } = await client.search({
          index: 'child',
          query,
          size: 10_000,
          sort: [{ id: 'asc' }],
          track_total_hits: false,
        });
        return hits.hits.map((hit) => hit._source);
      },
      async close() {
        await client.close();
        await own.stop();
      },
    };
  },
};

async function nested(name, engines) {
  const url = await customerTable();
  const pool = new pg.Pool({ connectionString: url, max: 10 }).on('error', () => undefined);
  const far = Object.fromEntries(await Promise.all(engines.map(async (engine) => [engine, await FAR[engine]()])));
  const sources = engines.map((engine) => `  far_${engine}: { ${far[engine].source} }\n`).join('');
  const relations = engines
    .map(
      (engine) =>
        `  - { from: shop.customer, to: far_${engine}.child, on: { id: customer }, as: ${engine}, many: true }\n`,
    )
    .join('');
  const config = `sources:\n  shop: { engine: postgres, url: '${url}' }\n${sources}relations:\n${relations}`;
  const levels = engines.map((engine) => `${engine}(orderBy: [{ id: ASC }]) { id note }`).join(' ');
  const question = `query ($region: Int!) { shop { customer(where: { region: { eq: $region } }, orderBy: [{ id: ASC }], first: 50) { id name ${levels} } } }`;
  const floor = async ({ region }) => {
    const text = 'select id, name from customer where region = $1 order by id limit 50';
    const { rows: parents } = await pool.query({ name: 'customers', text, values: [region] });
    const ids = parents.map(({ id }) => id);
    const found = await Promise.all(engines.map((engine) => far[engine].read(ids)));
    const by = found.map((rows) => Map.groupBy(rows, (row) => row.customer));
    const customer = parents.map(({ id, name: called }) => ({
      id,
      name: called,
      ...Object.fromEntries(
        engines.map((engine, i) => [engine, (by[i].get(id) ?? []).map(({ id: own, note }) => ({ id: own, note }))]),
      ),
    }));
    return { shop: { customer } };
  };
  const close = async () => {
    await pool.end();
    for (const each of Object.values(far)) await each.close();
  };
  const plain = (data) => JSON.parse(JSON.stringify(data).replace(/"id":"(\d+)"/g, '"id":$1'));
  await compare({ name, config, question, variables, floor, plain, close });
}

const mebibytes = (bytes) => f(bytes / 1024 ** 2, 0);

/** The most memory of this process while it works, and of the processes that it has begun. */
async function watched(work) {
  const most = { own: 0, children: 0 };
  const look = () => {
    most.own = Math.max(most.own, process.memoryUsage.rss());
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        if (!new RegExp(`PPid:\\s+${process.pid}\\n`).test(status)) continue;
        if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('compute/worker')) continue;
        most.children = Math.max(most.children, 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0));
      } catch {
        // It has ended meanwhile.
      }
    }
  };
  const timer = setInterval(look, 50);
  const began = performance.now();
  const before = process.memoryUsage.rss();
  try {
    return { result: await work(), seconds: (performance.now() - began) / 1000, before, most };
  } finally {
    clearInterval(timer);
  }
}

async function keys() {
  const rows = 120_000;
  const items = await database(
    `create table item (id uuid primary key, nr int unique); insert into item select md5(i::text)::uuid, i from generate_series(1, ${rows}) i; analyze`,
  );
  const marks = await database(
    `create table mark (nr int primary key, item uuid, flag boolean); insert into mark select i, md5(i::text)::uuid, i % 6 <> 0 from generate_series(1, ${rows}) i; create index on mark (item); analyze`,
  );
  const gateway = await openGateway(`sources:
  shop: { engine: postgres, url: '${items}' }
  crm: { engine: postgres, url: '${marks}' }
relations: [{ from: shop.item, to: crm.mark, on: { id: item }, as: mark, reverse: article }]
limits: { semiJoinKeys: 200000 }`);
  const document = gql.parse(
    '{ shop { item_aggregate(where: { mark: { some: { flag: { eq: true } } } }) { count } } }',
  );
  for (let i = 0; i < 4; i += 1) {
    const { result, seconds, before, most } = await watched(() => gateway.ask(document, {}));
    const grown = mebibytes(most.own - before);
    console.log(`keys: ${result} in ${f(seconds, 2)} s, ${grown} MiB more memory (${mebibytes(most.own)} in all)`);
  }
  await gateway.close();
}

async function measures() {
  const [airports, strikes] = [1_000, 90_000];
  const near = await database(
    `create table airport (id int primary key, state int not null); insert into airport select i, i % 50 from generate_series(1, ${airports}) i; analyze`,
  );
  const far = await database(
    `create table strike (id int primary key, airport int, cost numeric(10,2)); insert into strike select i, i % ${airports} + 1, i / 4.0 from generate_series(1, ${strikes}) i; create index on strike (airport); analyze`,
  );
  const gateway = await openGateway(`sources:
  aviation: { engine: postgres, url: '${near}' }
  wildlife: { engine: postgres, url: '${far}' }
relations:
  - { from: aviation.airport, to: wildlife.strike, on: { id: airport }, as: strike, reverse: at }`);
  const questions = {
    'in the order of an average, 20 parents':
      '{ aviation { airport(where: { id: { lte: 20 } }, orderBy: [{ strike_aggregate: { avg: { cost: DESC } } }], first: 10) { id } } }',
    'in the order of an average, all parents':
      '{ aviation { airport(orderBy: [{ strike_aggregate: { avg: { cost: DESC } } }], first: 10) { id } } }',
    'by a count': '{ aviation { airport_aggregate(where: { strike_aggregate: { count: { gt: 89 } } }) { count } } }',
    'groups by a field of the other store':
      '{ wildlife { strike_groups(by: [{ path: at__state }], first: 50) { keys count sum { cost } } } }',
  };
  for (const [name, question] of Object.entries(questions)) {
    const document = gql.parse(question);
    const times = [];
    let sources;
    for (let i = 0; i < 7; i += 1) {
      const began = performance.now();
      ({ sources } = (await gateway.answered(document, {})).extensions.trainyard);
      times.push(performance.now() - began);
    }
    const rows = sources.find((each) => each.name === 'wildlife').rows;
    console.log(`measures, ${name}: ${rows} of ${strikes} rows moved, ${f(times.sort((a, b) => a - b)[3], 0)} ms`);
  }
  await gateway.close();
}

async function join() {
  const rows = Number(process.env.ROWS ?? 1_000_000);
  const customersUrl = await database(
    `create table customer (id int primary key, name text, region int); insert into customer select i, 'customer ' || i, i % 20 from generate_series(1, ${rows}) i; analyze`,
  );
  const salesUrl = await database(
    `create table sale (id int primary key, customer int, amount numeric(10,2)); insert into sale select i, (i * 7919::bigint) % ${rows} + 1, i / 4.0 from generate_series(1, ${rows}) i; analyze`,
  );
  const gateway = await openGateway(`sources:
  crm: { engine: postgres, url: '${customersUrl}' }
  shop: { engine: postgres, url: '${salesUrl}' }
relations: [{ from: shop.sale, to: crm.customer, on: { customer: id }, as: buyer, many: false }]`);
  const { yard } = gateway;
  const entities = { resolve: (ref) => yard.sources.get(ref.source)?.model.entities.get(ref.entity) ?? null };
  const fields = ['id', 'amount', 'buyer__name', 'buyer__region'];
  const questions = {
    'every row': { source: 'shop', entity: 'sale', fields },
    'in the order of the other store': {
      ...{ source: 'shop', entity: 'sale', fields },
      orderBy: [{ buyer: { region: 'DESC' } }, { id: 'ASC' }],
    },
  };
  for (const [name, question] of Object.entries(questions)) {
    const { result, seconds, most } = await watched(async () => {
      let count = 0;
      for await (const batch of yard.executor.stream(tableQuery(question, entities), ANONYMOUS, signal)) {
        count += batch.rows.length;
        if (batch.rows.some(([, , buyer]) => buyer === null)) throw new Error('a row without its other half');
      }
      return count;
    });
    console.log(
      `join, ${name}: ${result} rows of ${rows} × ${rows} in ${f(seconds, 1)} s; at most ${mebibytes(most.own)} MiB here (the bench's drivers too), ${mebibytes(most.children)} MiB where they are joined`,
    );
  }
  await gateway.close();
}

const ALL = {
  two: () => nested('two stores (postgres, postgres)', ['postgres']),
  four: () => nested('four stores (postgres; mariadb, neo4j, elasticsearch)', ['mysql', 'neo4j', 'elasticsearch']),
  keys,
  measures,
  join,
};
const chosen = process.argv.slice(2);
for (const name of chosen.length > 0 ? chosen : Object.keys(ALL)) {
  await ALL[name]().catch((error) => console.log(`${name}: failed: ${error.stack}`));
}
await server.close();
process.exit(0);
