import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createConnection, type Connection } from 'mysql2/promise';
import { mysqlStore, type MysqlOptions } from '../../datasources/mysql/index.js';
import { decode, jsonText, textOf } from '../../datasources/mysql/values.js';
import { fieldOf, type Entity } from '../../src/ir/entity.js';
import { own, place, step } from '../../src/ir/operand.js';
import { TRUE } from '../../src/ir/predicate.js';
import { measureType, type Select } from '../../src/ir/select.js';
import { INT64, TEXT, type DataType } from '../../src/ir/types.js';
import { literal, parameter } from '../../src/ir/value.js';
import { buildEntities } from '../../src/sources/model.js';
import type { Store } from '../../src/store/store.js';
import { describeWith } from '../servers/describe-with.js';
import { ownServer, START_MS } from '../servers/index.js';
import { freshDatabase, storeOptions } from './harness/mysql.js';

const ROWS = 100_000;
const { signal } = new AbortController();
const RUN = { args: [], form: 'TYPED', signal } as const;

/** A name with whatever a name can have. */
const ODD = '`an odd "table" `` name`';

function manyRows(count: number): string[] {
  return [
    'create table many (id bigint primary key, name varchar(200))',
    `set session max_recursive_iterations = ${count}`,
    `insert into many select seq, concat('row ', seq, repeat('x', 150)) from (with recursive n as (select 1 as seq union all select seq + 1 from n where seq < ${count}) select seq from n) as t`,
  ];
}

function all(entity: Entity, more: Partial<Select> = {}): Select {
  const output = [...entity.fields.values()].map(own);
  const base = { groups: null, orderBy: [], limit: null, offset: null, keyset: [], within: null };
  return { from: place(entity), where: TRUE, output, ...base, ...more };
}

describeWith('mariadb', 'MySQL as a store', (server) => {
  let options: MysqlOptions;
  let store: Store;
  let admin: Connection;
  let entities: ReadonlyMap<string, Entity>;
  const of = (name: string): Entity => entities.get(name)!;

  beforeAll(async () => {
    const url = await freshDatabase(server(), async (connection) => {
      for (const text of [
        ...manyRows(ROWS),
        'create table pair (a int, b varchar(10))',
        `insert into pair values (1, 'x'), (1, 'y')`,
        'create table one (id int primary key, a int)',
        'insert into one values (7, 1)',
        `set session sql_mode = ''`,
        'create table odd (id int primary key, day date, moment datetime, flag tinyint(1), top bigint unsigned)',
        `insert into odd values (1, '0000-00-00', '0000-00-00', 2, 18446744073709551615), (2, '2024-02-29', '2024-02-29 12:00:00', 1, 0)`,
        `create table ${ODD} (\`a key\` int primary key comment 'the "key"', \`d\`\`; --\` json, total int as (\`a key\` * 2) virtual, kind set('a','b'), where_ geometry, e enum('it''s','b"'), u uuid, v inet6, b bit(3), y year, unique (kind)) comment 'all sorts'`,
        `insert into ${ODD} values (1, '{"a": 1}', default, 'a,b', point(1, 2), 'it''s', '7f000000-0000-0000-0000-000000000000', '::1', 5, 2024)`,
        'create view seen as select id, name from many',
      ])
        await connection.query(text);
    });
    options = storeOptions(server(), { url, pool: 2, queueLimit: 3 });
    store = await mysqlStore('big', options);
    admin = await createConnection({ uri: url });
    const naming = { relations: [{ from: 'one', to: 'pair', on: [{ from: 'a', to: 'a' }], as: 'only', many: false }] };
    ({ entities } = buildEntities('big', await store.introspect(signal), naming));
  }, START_MS);

  afterAll(async () => {
    await admin.end();
    await store.close();
  });

  /** What the server does for this database, but for the one who asks. */
  async function busy(): Promise<number> {
    const [rows] = await admin.query(
      `select count(*) as n from information_schema.processlist where db = database() and command in ('Query', 'Execute') and id <> connection_id()`,
    );
    return Number((rows as { n: number }[])[0]!.n);
  }

  async function until(done: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + 10_000;
    while (!(await done())) {
      if (Date.now() > end) throw new Error('it did not happen within ten seconds');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** A question of which the server thinks for minutes: pairs of rows by a condition that no index serves. */
  const slow = (): Select => {
    const name = own(fieldOf(of('many'), 'name'));
    const where = {
      kind: 'text',
      operand: name,
      test: 'contains',
      value: literal(TEXT, 'nothing'),
      negated: true,
    } as const;
    const relation = { name: 'all', from: of('many'), to: of('many'), many: true, through: null, description: null };
    const on = [{ from: fieldOf(of('many'), 'name'), to: fieldOf(of('many'), 'name') }];
    const related = step({ ...relation, on });
    return all(of('many'), { where: { kind: 'related', step: related, quantifier: 'some', where, negated: false } });
  };

  test('streams every row in batches of bounded size', async () => {
    const seen = new Set<unknown>();
    let [largest, told, bytes] = [0, 0, 0];
    const observe = (call: { readonly rows: number; readonly bytes: number }): void => {
      told += call.rows;
      bytes += call.bytes;
    };
    for await (const batch of store.stream(all(of('many')), { ...RUN, observe })) {
      largest = Math.max(largest, batch.rows.length);
      for (const row of batch.rows) seen.add(row[0]);
    }
    expect({ seen: seen.size, told }).toEqual({ seen: ROWS, told: ROWS });
    expect(largest).toBeLessThanOrEqual(2_000);
    expect(bytes).toBeGreaterThan(ROWS * 150);
  });

  test('a stream waits for its consumer', async () => {
    let bytes = 0;
    const rows = store.stream(all(of('many')), { ...RUN, observe: (call) => (bytes += call.bytes) });
    const items = rows[Symbol.asyncIterator]();
    await items.next();
    await new Promise((resolve) => setTimeout(resolve, 500));
    // The server is in the middle of it: the rest stands in front of its door.
    expect(await busy()).toBe(1);
    expect(bytes).toBeLessThan((ROWS * 150) / 2);
    await items.return!(undefined);
    await until(async () => (await busy()) === 0);
  });

  test('a consumer that stops gives its connection back, and so does one that is aborted', async () => {
    for (let i = 0; i < 8; i += 1) {
      for await (const batch of store.stream(all(of('many')), RUN)) {
        expect(batch.rows.length).toBeGreaterThan(0);
        break;
      }
      const controller = new AbortController();
      const stopped = (async () => {
        for await (const batch of store.stream(all(of('many')), { ...RUN, signal: controller.signal }))
          if (batch.rows.length > 0) controller.abort();
      })();
      await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
    }
    await until(async () => (await busy()) === 0);
  }, 60_000);

  test('what nobody waits for any more is ended in the server', async () => {
    const controller = new AbortController();
    const read = store.read([slow()], { ...RUN, signal: controller.signal });
    read.catch(() => undefined);
    await until(async () => (await busy()) === 1);
    controller.abort();
    await expect(read).rejects.toMatchObject({ code: 'CANCELLED' });
    await until(async () => (await busy()) === 0);
  }, 30_000);

  test('a read has a time, a queue an end', async () => {
    const hasty = await mysqlStore('hasty', {
      ...options,
      pool: 1,
      queueLimit: 1,
      timeouts: { connectMs: 5_000, readMs: 400 },
    });
    const reads = [1, 2, 3].map(() => hasty.read([slow()], RUN));
    const results = await Promise.allSettled(reads);
    const codes = results.map((r) => (r.status === 'rejected' ? (r.reason as { code: string }).code : 'answered'));
    expect(codes).toEqual(['TIMEOUT', 'TIMEOUT', 'OVERLOADED']);
    await until(async () => (await busy()) === 0);
    await hasty.close();
  }, 30_000);

  test('several selects see one state, and a session goes on seeing it', async () => {
    const session = await store.session({ signal });
    const [first] = await session.read([all(of('pair')), all(of('one'))], RUN);
    await admin.query(`insert into pair values (2, 'z')`);
    const [second] = await session.read([all(of('pair'))], RUN);
    await session.close();
    const [third] = await store.read([all(of('pair'))], RUN);
    await admin.query('delete from pair where a = 2');
    expect([first, second, third].map((batch) => batch!.rows.length)).toEqual([2, 2, 3]);
  });

  test('two rows where one was declared are an INTEGRITY error, and the connection is good for more', async () => {
    const operand = {
      ...own(fieldOf(of('pair'), 'b')),
      steps: [step(of('one').relations.get('only')!)],
      nullable: true,
    };
    for (let i = 0; i < 5; i += 1)
      await expect(store.read([all(of('one'), { output: [operand] })], RUN)).rejects.toMatchObject({
        code: 'INTEGRITY',
      });
    await expect(store.read([all(of('one'))], RUN)).resolves.toHaveLength(1);
  });

  test('what our types cannot hold is null in a page and an INTEGRITY error elsewhere', async () => {
    const [batch] = await store.read([all(of('odd'))], { ...RUN, form: 'TEXT' });
    expect(batch!.rows).toEqual([
      ['1', null, null, null, '"18446744073709551615"'],
      ['2', '"2024-02-29"', '"2024-02-29T12:00:00"', 'true', '"0"'],
    ]);
    await expect(store.read([all(of('odd'))], RUN)).rejects.toMatchObject({ code: 'INTEGRITY' });
  });

  test('names and types of every sort are found', async () => {
    const { entities: found } = await store.introspect(signal);
    const odd = found.find(({ name }) => name.startsWith('an odd'))!;
    expect(odd).toMatchObject({
      name: 'an odd "table" ` name',
      description: 'all sorts',
      key: ['a key'],
      unique: [['kind']],
    });
    expect(odd.fields.map(({ name, type, description }) => [name, type.kind, description])).toEqual([
      ['a key', 'int', 'the "key"'],
      ['d`; --', 'json', null],
      ['total', 'int', 'Generated by the store.'],
      ['kind', 'text', null],
      ['where_', 'opaque', "The store's type geometry, shown as its text."],
      ['e', 'enum', null],
      ['u', 'uuid', null],
      ['v', 'opaque', "The store's type inet6, shown as its text."],
      ['b', 'int', null],
      ['y', 'int', null],
    ]);
    expect(odd.fields[5]!.type).toMatchObject({ values: ["it's", 'b"'] });
    expect(found.find(({ name }) => name === 'seen')).toMatchObject({ kind: 'VIEW', key: null });
    const entity = [...entities.values()].find(({ native }) => (native as { table: string }).table === odd.name)!;
    const [batch] = await store.read([all(entity)], RUN);
    expect(batch!.rows).toEqual([
      [1n, '{"a": 1}', 2n, 'a,b', 'POINT(1 2)', "it's", '7f000000-0000-0000-0000-000000000000', '::1', 5n, 2024n],
    ]);
  });

  test('a wrong password, a database that is not there and a port where nobody is are typed, and tell no secret', async () => {
    const wrong = new URL(options.url);
    wrong.password = 'mellon';
    const missing = new URL(options.url);
    missing.pathname = 'no_such_database';
    const nobody = new URL(options.url);
    nobody.port = '1';
    for (const url of [wrong, missing, nobody]) {
      const other = await mysqlStore('other', { ...options, url: url.href });
      await expect(other.introspect(signal)).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.not.stringContaining('mellon') as unknown,
      });
      expect(await other.health()).toMatchObject({ status: 'DOWN' });
      await other.close();
    }
    expect(await store.health()).toMatchObject({ status: 'UP', lastError: null });
  }, 30_000);

  describe('a server of its own', () => {
    let alone: Awaited<ReturnType<typeof ownServer>>;
    let other: Store;
    let many: Entity;

    beforeAll(async () => {
      alone = await ownServer('mariadb');
      const url = await freshDatabase(alone, async (connection) => {
        for (const text of manyRows(ROWS)) await connection.query(text);
        await connection.query('set global max_allowed_packet = 65536');
      });
      other = await mysqlStore('other', storeOptions(alone, { url }));
      many = buildEntities('other', await other.introspect(signal)).entities.get('many')!;
    }, START_MS);

    test('a quantile of more than a packet holds is an error, never another number', async () => {
      const id = own(fieldOf(many, 'id'));
      const q = literal({ kind: 'float', bits: 64 }, 0.5);
      const type = measureType('QUANTILE', id.type);
      const measure = {
        fn: 'QUANTILE',
        operand: id,
        q,
        where: TRUE,
        collate: 'STORE',
        approximate: false,
        type,
      } as const;
      const output = [{ steps: [], leaf: { kind: 'groupMeasure', index: 0 }, type, nullable: true } as const];
      const where = { kind: 'compare', operand: id, op: 'lte', value: parameter(INT64, 0), collate: 'STORE' } as const;
      const quantile = all(many, { where, output, groups: { keys: [], measures: [measure], having: TRUE } });
      const [batch] = await other.read([quantile], { ...RUN, args: [1_000n] });
      expect(batch!.rows).toEqual([[500.5]]);
      await expect(other.read([quantile], { ...RUN, args: [BigInt(ROWS)] })).rejects.toMatchObject({
        code: 'STORE_ERROR',
      });
    });

    test('one that goes away is STORE_UNAVAILABLE', async () => {
      await alone.stop();
      await expect(other.read([all(many)], RUN)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      await other.close();
    });
  });
});

test.each<[DataType, unknown, string]>([
  [INT64, '9007199254740993', '"9007199254740993"'],
  [{ kind: 'float', bits: 64 }, -0, '0'],
  [{ kind: 'decimal', precision: 10, scale: 3 }, '12.500', '"12.5"'],
  [{ kind: 'bytes' }, Buffer.from([0, 255]), '"AP8="'],
  [{ kind: 'time' }, '23:59:59.000001', '"23:59:59.000001"'],
  [{ kind: 'instant' }, '2001-01-01 00:00:00', '"2001-01-01T00:00:00Z"'],
  [TEXT, Buffer.from('a"ü'), '"a\\"ü"'],
])('%o %p → %s', (type, raw, json) => {
  expect(jsonText(type)(textOf(type)(raw)!)).toBe(json);
  expect(decode(type)(raw)).not.toBeNull();
});
