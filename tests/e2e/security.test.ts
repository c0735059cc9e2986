import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { ANONYMOUS } from '../../src/auth/caller.js';
import type { EntityRef } from '../../src/ir/entity.js';
import { tableQuery } from '../../src/planner/table.js';
import type { Postgres } from '../../src/postgres/types.js';
import { rowsOf } from '../executor/source.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';
import { served, type Served } from './served.js';

const never: AbortSignal = new AbortController().signal;
const text = readFileSync('docs/security.md', 'utf8');
const [, ROLE] = /```sql\n([^]*?)```/.exec(text)!;
let server: TestServer;
let owner: Postgres;
let reader: Postgres;
let gateway: Served;

beforeAll(async () => {
  server = await openTestServer();
  const url = await server.freshDatabase('shop');
  owner = openPools(url);
  await owner.script(
    `create table customer (id int primary key, name text); insert into customer values (1, 'Ada');
     create table sale (id int primary key, customer_id int references customer, clerk_id int); insert into sale values (1, 1, 1);
     create table employee (id int primary key, name text, salary int); insert into employee values (1, 'Bob', 100);
     alter table sale add foreign key (clerk_id) references employee;
     create table secret (id int primary key, customer_id int references customer, word text); insert into secret values (1, 1, 'x');
     create view peek as select word from secret; create sequence numbers;
     create function write_it() returns int language sql volatile as 'insert into customer values (9, ''nine'') returning id';
     create view writing as select write_it() as id; grant select on writing to public`,
    { signal: never },
  );
  await owner.script(ROLE!, { signal: never });
  const mine = new URL(url);
  mine.username = 'trainyard_reader';
  mine.password = 'change me';
  reader = openPools(mine.href);
  gateway = await served(mine.href);
});

afterAll(async () => {
  await gateway.close();
  const rows = await owner.run({ text: 'select count(*) from customer', values: [] }, { signal: never });
  await reader.close();
  await owner.close();
  await server.close();
  expect(rows.rows).toEqual([['1']]);
});

test('what the role may not read is not in the schema', async () => {
  const { data } = await gateway.ask(
    '{ source(name: "shop") { entities { name fields { name } relations { name } } problems { subject } } }',
  );
  expect(data).toEqual({
    source: {
      problems: [],
      entities: [
        { name: 'customer', fields: [{ name: 'id' }, { name: 'name' }], relations: [{ name: 'sale' }] },
        { name: 'employee', fields: [{ name: 'id' }, { name: 'name' }], relations: [{ name: 'sale' }] },
        {
          name: 'sale',
          fields: [{ name: 'id' }, { name: 'customer_id' }, { name: 'clerk_id' }],
          relations: [{ name: 'customer' }, { name: 'clerk' }],
        },
        { name: 'writing', fields: [{ name: 'id' }], relations: [] },
      ],
    },
  });
  for (const query of [
    '{ shop { secret { id } } }',
    '{ shop { employee { salary } } }',
    '{ shop { peek { word } } }',
  ]) {
    expect((await gateway.ask(query)).errors![0]!.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  }
});

test('what it may read is read, with relations to the columns that it sees', async () => {
  const { data } = await gateway.ask('{ shop { sale { id customer { name } clerk { name } } employee { id name } } }');
  expect(data).toEqual({
    shop: {
      sale: [{ id: 1, customer: { name: 'Ada' }, clerk: { name: 'Bob' } }],
      employee: [{ id: 1, name: 'Bob' }],
    },
  });
});

describe('the role cannot', () => {
  test.each([
    ['insert', `insert into customer values (2, 'x')`],
    ['update', `update customer set name = 'x'`],
    ['delete', 'delete from customer'],
    ['truncate', 'truncate customer'],
    ['read what it was not granted', 'select * from secret'],
    ['read a column that it was not granted', 'select salary from employee'],
    ['read whole rows of such a table', 'select * from employee'],
    ['read through a view that it was not granted', 'select * from peek'],
    ['make a table', 'create table mine (id int)'],
    ['make a temporary table', 'create temporary table mine (id int)'],
    ['make a schema', 'create schema mine'],
    ['take numbers of a sequence', `select nextval('numbers')`],
    ['copy to a file', `copy customer to '/tmp/customer'`],
    ['run a program', `copy customer to program 'true'`],
    ['make a role', 'create role other'],
    ['become another role', 'set role trainyard'],
  ])('%s', async (_what, sql) => {
    // The default that keeps its transactions from writing is one that it could change.
    const stubborn = `set transaction read write; ${sql}`;
    await expect(reader.script(stubborn, { signal: never })).rejects.toMatchObject({
      message: expect.stringMatching(/42501/),
    });
  });
});

test('a function that writes is stopped by the read-only transaction, whoever the role is', async () => {
  const { data, errors } = await gateway.ask('{ shop { writing { id } } }');
  expect(data).toEqual({ shop: { writing: null } });
  expect(errors).toMatchObject([{ message: 'shop: the store failed the query (25006)', path: ['shop', 'writing'] }]);
  const almighty = await served(await server.freshDatabase('shop'));
  const asOwner = await almighty.ask('{ shop { writing { id } } }');
  expect(asOwner.errors).toMatchObject([{ message: 'shop: the store failed the query (25006)' }]);
  const { sources, executor } = almighty.yard;
  const entities = { resolve: (ref: EntityRef) => sources.get(ref.source)?.model.entities.get(ref.entity) ?? null };
  for (const where of [null, { id: { gte: 0 } }]) {
    const stream = executor.stream(
      tableQuery({ source: 'shop', entity: 'writing', where }, entities),
      ANONYMOUS,
      never,
    );
    await expect(rowsOf(stream)).rejects.toMatchObject({ message: 'shop: the store failed the query (25006)' });
  }
  await almighty.close();
});

test('a grant that is taken back is an error at its field until the source is reloaded', async () => {
  await owner.script('revoke select on sale from trainyard_reader', { signal: never });
  const { data, errors } = await gateway.ask('{ shop { sale { id } } __typename }');
  expect(data).toEqual({ shop: { sale: null }, __typename: 'Query' });
  expect(errors).toMatchObject([{ extensions: { code: 'STORE_ERROR' }, path: ['shop', 'sale'] }]);
  await gateway.yard.control.reloadSource('shop');
  expect((await gateway.ask('{ shop { sale { id } } }')).errors![0]!.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  await owner.script('grant select on sale to trainyard_reader', { signal: never });
  await gateway.yard.control.reloadSource('shop');
  expect((await gateway.ask('{ shop { sale { id } } }')).data).toEqual({ shop: { sale: [{ id: 1 }] } });
});
