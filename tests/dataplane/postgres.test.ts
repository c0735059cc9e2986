import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse, validate, type OperationDefinitionNode } from 'graphql';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresStore } from '../../datasources/postgres/index.js';
import { encode } from '../../datasources/postgres/values.js';
import type { DataType } from '../../src/ir/types.js';
import { openEmbedded, type Embedded } from '../../src/postgres/embedded.js';
import { openPostgres } from '../../src/postgres/pools.js';
import { NO_CAPABILITIES } from '../../src/store/capabilities.js';
import type { Store } from '../../src/store/store.js';
import { cases, Random, seed } from '../random.js';
import { LEAGUE, leagueOver } from './league.js';
import { randomOperation } from './operations.js';
import { answerPlainly } from './oracle.js';

let folder: string;
let embedded: Embedded;
let store: Store;

function native(type: DataType): string {
  switch (type.kind) {
    case 'int':
      return type.bits === 64 ? 'bigint' : 'integer';
    case 'decimal':
      return `numeric(${type.precision}, ${type.scale})`;
    case 'float':
      return 'double precision';
    case 'bool':
      return 'boolean';
    case 'instant':
      return 'timestamptz';
    case 'list':
      return `${native(type.of)}[]`;
    case 'enum':
      return type.name;
    default:
      return type.kind;
  }
}

/** The league's tables in a real PostgreSQL, text in the order of its bytes as the embedded server has it. */
async function load(url: string): Promise<void> {
  const postgres = openPostgres({
    url,
    name: 'league',
    connections: { page: 1, stream: 1 },
    connectTimeoutMs: 5_000,
    readTimeoutMs: 30_000,
    queueLimit: 10,
  });
  const { signal } = new AbortController();
  try {
    await postgres.script(`create type mood as enum ('low', 'so-so', 'true')`, { signal });
    for (const entity of LEAGUE.shape.entities) {
      const columns = entity.fields.map((f) => `${f.name} ${native(f.type)}${f.nullable ? '' : ' not null'}`);
      const key = entity.key ? [`primary key (${entity.key.join(', ')})`] : [];
      await postgres.script(`create table ${entity.name} (${[...columns, ...key].join(', ')})`, { signal });
      for (const row of LEAGUE.rows[entity.id] ?? []) {
        const values = entity.fields.map((f) => {
          const value = row[f.name];
          return value === null || value === undefined ? null : encode(f.type)(value);
        });
        const places = entity.fields.map((f, i) => `$${i + 1}::${native(f.type)}`);
        await postgres.run({ text: `insert into ${entity.name} values (${places.join(', ')})`, values }, { signal });
      }
    }
    for (const entity of LEAGUE.shape.entities) {
      for (const { name, fields, to, toFields } of entity.references) {
        const target = to.replace('main.', '');
        const text = `alter table ${entity.name} add constraint ${name} foreign key (${fields.join(', ')}) references ${target} (${toFields.join(', ')})`;
        await postgres.script(text, { signal });
      }
    }
  } finally {
    await postgres.close();
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-league-'));
  embedded = await openEmbedded({ dataDir: folder });
  await embedded.ensureDatabase('league');
  await load(embedded.url('league'));
  store = await postgresStore('league', {
    url: embedded.url('league'),
    schemas: ['public'],
    pool: 4,
    timeouts: { connectMs: 5_000, readMs: 30_000 },
    queueLimit: 100,
  });
}, 120_000);

afterAll(async () => {
  await store.close();
  await embedded.stop();
  await rm(folder, { recursive: true, force: true });
});

const SEED = seed();

test.each([
  ['with all it can do', undefined],
  ['when it is told to scan only', NO_CAPABILITIES],
])(
  `PostgreSQL answers random operations byte for byte as the memory engine does, %s (seed ${SEED})`,
  async (_name, capabilities) => {
    const league = await leagueOver(store, capabilities);
    const random = new Random(SEED);
    let withRows = 0;
    const wanted = cases(200, 2_000);
    for (let i = 0; i < wanted; i += 1) {
      const text = randomOperation(league.schema, random);
      const document = parse(text);
      if (validate(league.schema, document).length > 0) continue;
      const operation = document.definitions[0] as OperationDefinitionNode;
      const { signal } = new AbortController();
      const answer = await league.plane.execute({
        document,
        operation,
        operationName: null,
        variables: {},
        caller: { id: 'a', permissions: 'all' },
        signal,
        controlContext: {},
      });
      expect({ text, errors: answer.errors.map((e) => [e.message, e.originalError?.cause]) }).toEqual({
        text,
        errors: [],
      });
      const plain = await answerPlainly(league, document, {});
      expect({ text, data: sortKeyless(JSON.parse(String(answer.data))) }).toEqual({
        text,
        data: sortKeyless(JSON.parse(plain)),
      });
      if (plain.length > 60) withRows += 1;
    }
    expect(withRows).toBeGreaterThan(wanted / 3);
  },
);

/** Lists without orderBy have no order on an entity without a key, and floats of variance may differ in the last bits. */
function sortKeyless(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(sortKeyless);
    return items.every((each) => typeof each === 'object' && each !== null) ? items.sort(byText) : items;
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, sortKeyless(v)]));
  }
  return typeof value === 'number' && !(Number.isInteger(value) && Math.abs(value) < 2 ** 31)
    ? Number(value.toPrecision(12))
    : value;
}

function byText(a: unknown, b: unknown): number {
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}
