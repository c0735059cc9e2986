// What the gateway costs on each store: 50 rows with two nested levels, against hand-written code on the bare driver in the
// least number of calls. Both in this process, answers compared first, in turn. `npm run bench:stores [engine …]`.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '../typescript.mjs';
import { DuckDBInstance } from '@duckdb/node-api';
import { Client } from '@elastic/elasticsearch';
import mysql from 'mysql2/promise';
import neo4j from 'neo4j-driver';
import { writeFileSync } from 'node:fs';
import { compare } from './compare.mjs';

const [CUSTOMERS, ORDERS, LINES] = [1_000, 5, 3];

const customers = Array.from({ length: CUSTOMERS }, (_, i) => ({ id: i, name: `customer ${i}`, region: i % 20 }));
const orders = Array.from({ length: CUSTOMERS * ORDERS }, (_, i) => ({
  id: i,
  customer: Math.floor(i / ORDERS),
  placed: `2024-01-${String(1 + (i % 28)).padStart(2, '0')}`,
}));
const lines = Array.from({ length: orders.length * LINES }, (_, i) => ({
  id: i,
  purchase: Math.floor(i / LINES),
  sku: `sku ${i % 97}`,
  quantity: 1 + (i % 9),
}));

const QUESTION = `query ($region: Int!) { shop { customer(where: { region: { eq: $region } }, orderBy: [{ id: ASC }], first: 50) {
  id name purchase(orderBy: [{ id: ASC }]) { id placed line(orderBy: [{ id: ASC }]) { sku quantity } } } } }`;
const RELATIONS = `
relations:
  - { from: shop.purchase, to: shop.customer, on: { customer: id }, as: buyer, reverse: purchase, many: false }
  - { from: shop.line, to: shop.purchase, on: { purchase: id }, as: of, reverse: line, many: false }`;
const KEYS = 'entities: { customer: { key: [id] }, purchase: { key: [id] }, line: { key: [id] } }';

/** Rows of three levels as the answer has them. */
function nested(parents, children, grandchildren) {
  const linesOf = Map.groupBy(grandchildren, (line) => line.purchase);
  const ordersOf = Map.groupBy(children, (order) => order.customer);
  return parents.map(({ id, name }) => ({
    id,
    name,
    purchase: (ordersOf.get(id) ?? []).map((order) => ({
      id: order.id,
      placed: order.placed,
      line: (linesOf.get(order.id) ?? []).map(({ sku, quantity }) => ({ sku, quantity })),
    })),
  }));
}

const STORES = {
  async duckdb() {
    const folder = await mkdtemp(join(tmpdir(), 'trainyard-bench-files-'));
    const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
    const loader = await instance.connect();
    for (const [name, rows] of Object.entries({ customer: customers, purchase: orders, line: lines })) {
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(rows));
      const json = join(folder, `${name}.json`);
      await loader.run(`create table ${name} as select * from read_json('${json}')`);
      await loader.run(`copy ${name} to '${join(folder, `${name}.parquet`)}' (format parquet)`);
      await loader.run(`drop table ${name}`);
      await rm(json);
      await loader.run(`create view ${name} as select * from read_parquet('${join(folder, `${name}.parquet`)}')`);
    }
    const idle = [];
    const floor = async ({ region }) => {
      const connection = idle.pop() ?? (await instance.connect());
      const rows = async (text, parameters) => (await connection.runAndReadAll(text, parameters)).getRowObjectsJS();
      const parents = await rows('select id, name from customer where region = $1 order by id limit 50', [region]);
      const ids = parents.map(({ id }) => id);
      const of = `select id from customer where region = $1 order by id limit 50`;
      const children = await rows(
        `select id, customer, strftime(placed, '%Y-%m-%d') as placed from purchase where customer in (${of}) order by id`,
        [region],
      );
      const last = await rows(
        `select purchase, sku, quantity from line where purchase in (select id from purchase where customer in (${of})) order by id`,
        [region],
      );
      idle.push(connection);
      const plain = (row) =>
        Object.fromEntries(Object.entries(row).map(([k, v]) => [k, typeof v === 'bigint' ? Number(v) : v]));
      return nested(ids.length === 0 ? [] : parents.map(plain), children.map(plain), last.map(plain));
    };
    const config = `sources: { shop: { engine: duckdb, path: '${folder}', ${KEYS} } }${RELATIONS}`;
    return { config, floor, close: () => rm(folder, { recursive: true, force: true }) };
  },

  async neo4j({ ownServer }) {
    const server = await ownServer('neo4j');
    const driver = neo4j.driver(server.url, neo4j.auth.basic(server.user, server.password), {
      disableLosslessIntegers: true,
    });
    const run = (text, parameters) => driver.executeQuery(text, parameters);
    for (const label of ['customer', 'purchase', 'line'])
      await run(`create constraint for (n:${label}) require n.id is unique`);
    await run('create index for (n:customer) on (n.region)');
    await run('create index for (n:purchase) on (n.customer)');
    await run('create index for (n:line) on (n.purchase)');
    const ints = (rows) =>
      rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([k, v]) => [k, typeof v === 'number' ? neo4j.int(v) : v])),
      );
    for (const [label, rows] of Object.entries({ customer: customers, purchase: orders, line: lines }))
      await run(`unwind $rows as row create (n:${label}) set n = row`, { rows: ints(rows) });
    const floor = async ({ region }) => {
      const { records } = await run(
        `match (c:customer {region: $region}) with c order by c.id limit 50
         call (c) { match (p:purchase {customer: c.id})
           call (p) { match (l:line {purchase: p.id}) with l order by l.id return collect({sku: l.sku, quantity: l.quantity}) as line }
           with p, line order by p.id return collect({id: p.id, placed: p.placed, line: line}) as purchase }
         return c.id as id, c.name as name, purchase`,
        { region: neo4j.int(region) },
      );
      return records.map((record) => record.toObject());
    };
    const address = new URL(server.url);
    const url = `bolt://${server.user}:${encodeURIComponent(server.password)}@${address.host}`;
    const config = `sources: { shop: { engine: neo4j, url: '${url}' } }${RELATIONS}`;
    return {
      config,
      floor,
      close: async () => {
        await driver.close();
        await server.stop();
      },
    };
  },

  async elasticsearch({ ownServer }) {
    const server = await ownServer('elasticsearch');
    const client = new Client({ node: server.url });
    const keyword = { type: 'keyword' };
    const integer = { type: 'integer' };
    const mappings = {
      customer: { id: integer, name: keyword, region: integer },
      purchase: { id: integer, customer: integer, placed: keyword },
      line: { id: integer, purchase: integer, sku: keyword, quantity: integer },
    };
    for (const [index, rows] of Object.entries({ customer: customers, purchase: orders, line: lines })) {
      await client.indices.create({
        index,
        mappings: { properties: mappings[index] },
        settings: { number_of_shards: 1, number_of_replicas: 0 },
      });
      for (let at = 0; at < rows.length; at += 5_000) {
        const operations = rows.slice(at, at + 5_000).flatMap((row) => [{ index: { _id: String(row.id) } }, row]);
        await client.bulk({ index, operations, refresh: true });
      }
    }
    const search = async (index, query, size) => {
      const { hits } = await client.search({ index, query, size, sort: [{ id: 'asc' }], track_total_hits: false });
      return hits.hits.map((hit) => hit._source);
    };
    const floor = async ({ region }) => {
      const parents = await search('customer', { term: { region } }, 50);
      const children = await search('purchase', { terms: { customer: parents.map((p) => p.id) } }, 10_000);
      const last = await search('line', { terms: { purchase: children.map((p) => p.id) } }, 10_000);
      return nested(parents, children, last);
    };
    const config = `sources: { shop: { engine: elasticsearch, url: '${server.url}', ${KEYS} } }${RELATIONS}`;
    return {
      config,
      floor,
      close: async () => {
        await client.close();
        await server.stop();
      },
    };
  },

  async mysql({ ownServer }) {
    const server = await ownServer('mariadb');
    const { host } = new URL(server.url);
    const url = `mysql://${server.user}:${encodeURIComponent(server.password)}@${host}/trainyard`;
    const pool = mysql.createPool({ uri: url, connectionLimit: 10 });
    await pool.query(
      'create table customer (id int primary key, name varchar(50) not null, region int not null, index (region))',
    );
    await pool.query(
      'create table purchase (id int primary key, customer int not null, placed varchar(10) not null, foreign key (customer) references customer (id))',
    );
    await pool.query(
      'create table line (id int primary key, purchase int not null, sku varchar(20) not null, quantity int not null, foreign key (purchase) references purchase (id))',
    );
    for (const [table, rows] of Object.entries({ customer: customers, purchase: orders, line: lines }))
      await pool.query(`insert into ${table} values ?`, [rows.map((row) => Object.values(row))]);
    const of = '(select id from (select id from customer where region = ? order by id limit 50) as c)';
    const floor = async ({ region }) => {
      const [parents] = await pool.execute('select id, name from customer where region = ? order by id limit 50', [
        region,
      ]);
      const [children] = await pool.execute(
        `select id, customer, placed from purchase where customer in ${of} order by id`,
        [region],
      );
      const [last] = await pool.execute(
        `select l.purchase, l.sku, l.quantity from line l join purchase p on p.id = l.purchase where p.customer in ${of} order by l.id`,
        [region],
      );
      return nested(parents, children, last);
    };
    const config = `sources: { shop: { engine: mysql, url: '${url}', entities: { customer: { relations: { purchase: purchase } } } } }`;
    return {
      config,
      floor,
      close: async () => {
        await pool.end();
        await server.stop();
      },
    };
  },
};

/** Answers of the gateway with plain numbers, as the drivers have them. */
function plain(data) {
  const text = JSON.stringify(data).replace(/"(id)":"(\d+)"/g, '"$1":$2');
  return JSON.parse(text.replace(/"quantity":"(\d+)"/g, '"quantity":$1'));
}

async function measure(name, servers) {
  const { config, floor, close } = await STORES[name](servers);
  const variables = () => ({ region: Math.floor(Math.random() * 20) });
  const asked = async (given) => ({ shop: { customer: await floor(given) } });
  await compare({ name, config, question: QUESTION, variables, floor: asked, plain, close });
}

const servers = await import('../servers/index.ts');
const chosen = process.argv.slice(2);
for (const name of chosen.length > 0 ? chosen : Object.keys(STORES)) {
  await measure(name, servers).catch((error) => console.log(`${name}: failed: ${error.stack}`));
}
process.exit(0);
