import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { postgresConfig } from '../../datasources/postgres/config.js';
import { openPostgresSource } from '../../datasources/postgres/index.js';
import { fieldOf } from '../../src/ir/entity.js';
import { own, place, type Operand } from '../../src/ir/operand.js';
import { TRUE } from '../../src/ir/predicate.js';
import type { Select } from '../../src/ir/select.js';
import { typeAt, typeName } from '../../src/ir/types.js';
import { buildEntities, type SourceModel } from '../../src/sources/model.js';
import type { Row } from '../../src/store/batch.js';
import type { Store } from '../../src/store/store.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';

const { signal } = new AbortController();
const ODD = `it's "odd" \\ $1 -- ;`;
const ORDERS = [
  { id: 7, total: 12.5, customer: { name: 'Ada', age: 36 }, tags: ['a', 'b'], lines: [{ sku: 'x', n: 1 }], mixed: 1 },
  { id: 8, total: 3, customer: { name: 'Bo' }, tags: [], lines: [], mixed: 'one', [ODD]: 'here', none: null },
  { id: 'eight', total: 'much', customer: 'nobody', tags: 'a', lines: {}, mixed: null },
];
const text = (value: unknown): string => `'${JSON.stringify(value).replaceAll("'", "''")}'`;

let server: TestServer;
let url: string;

beforeAll(async () => {
  server = await openTestServer();
  url = await server.freshDatabase();
  const pools = openPools(url, { connections: { page: 1, stream: 1 } });
  const texts = [
    'create table orders (id integer primary key, doc jsonb not null)',
    `insert into orders values ${ORDERS.slice(0, 2)
      .map((each, i) => `(${i + 1}, ${text(each)})`)
      .join(', ')}`,
    'create table event (at date, kind text, body jsonb)',
    `insert into event values ('2024-02-29', 'k', '{"at": "now", "big": 123456789012345678901}')`,
    'create table empty (doc jsonb)',
    'create table plain (id integer primary key, doc jsonb, other text)',
  ];
  for (const each of texts) await pools.run({ text: each, values: [] }, { signal });
  await pools.close();
}, 60_000);

afterAll(() => server.close());

async function opened<T>(use: (store: Store, model: SourceModel) => Promise<T>): Promise<T> {
  const entities = { event: { document: 'body' }, plain: { document: 'other' } };
  const config = postgresConfig.parse({ engine: 'postgres', kind: 'DOCUMENT', url, entities });
  const store = await openPostgresSource('documents', config, { queueLimit: 10 });
  try {
    return await use(store, buildEntities('documents', await store.introspect(signal)));
  } finally {
    await store.close();
  }
}

const typesOf = ({ entities }: SourceModel, name: string): Record<string, string> =>
  Object.fromEntries([...entities.get(name)!.fields.values()].map((field) => [field.name, typeName(field.type)]));

test('what documents hold is inferred, the table keeps its key', async () => {
  await opened((_, model) => {
    const [orders, event] = ['orders', 'event'].map((name) => typesOf(model, name));
    expect(orders).toMatchObject({
      id: 'int32',
      doc_id: 'int64',
      total: 'float64',
      customer: '{age: int64, name: text}',
      tags: '[text]',
      lines: '[{n: int64, sku: text}]',
      mixed: 'json',
      none: 'json',
    });
    expect(model.entities.get('orders')!.key).toEqual(['id']);
    expect(model.entities.get('orders')!.fields.get('mixed')!.description).toContain('several types');
    expect(event).toEqual({ at: 'date', kind: 'text', body_at: 'text', big: 'decimal' });
    expect(typesOf(model, 'plain')).toEqual({ id: 'int32', doc: 'json', other: 'text' });
    expect(Object.fromEntries(model.problems.map(({ subject, message }) => [subject, message]))).toEqual({
      'public.empty': 'read as a table: it has no documents to tell their fields',
      'public.plain.other': 'read as a table: it is no column of jsonb',
    });
    return Promise.resolve();
  });
});

test('a document that came later breaks nothing, and names are never syntax', async () => {
  const rows = await opened(async (store, model) => {
    const pools = openPools(url, { connections: { page: 1, stream: 1 } });
    await pools.run({ text: `insert into orders values (3, ${text(ORDERS[2])})`, values: [] }, { signal });
    await pools.close();
    const orders = model.entities.get('orders')!;
    const odd = [...orders.fields.values()].find(({ native }) => (native as { column: string }).column === ODD)!;
    const into = (name: string, nested: readonly string[]): Operand => {
      const field = fieldOf(orders, name);
      return { steps: [], leaf: { kind: 'field', field, nested }, type: typeAt(field.type, nested)!, nullable: true };
    };
    const select: Select = {
      from: place(orders),
      where: TRUE,
      output: [
        ...['doc_id', 'total', 'customer', 'tags', 'lines', 'mixed'].map((name) => own(fieldOf(orders, name))),
        own(odd),
        into('customer', ['age']),
      ],
      groups: null,
      orderBy: [{ operand: own(fieldOf(orders, 'id')), direction: 'asc', nulls: 'last', collate: 'STORE' }],
      limit: null,
      offset: null,
      keyset: [],
      within: null,
    };
    const [batch] = await store.read([select], { args: [], form: 'TYPED', signal });
    const streamed: Row[] = [];
    for await (const { rows: some } of store.stream(select, { args: [], form: 'TYPED', signal }))
      streamed.push(...some);
    expect(streamed).toEqual(batch!.rows);
    return batch!.rows;
  });
  const [sku, n] = ['x', 1n];
  expect(rows).toEqual([
    [7n, 12.5, { name: 'Ada', age: 36n }, ['a', 'b'], [{ sku, n }], '1', null, 36n],
    [8n, 3, { name: 'Bo', age: null }, [], [], '"one"', 'here', null],
    [null, null, null, null, null, null, null, null],
  ]);
});
