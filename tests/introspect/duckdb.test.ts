import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { EntityDeclarations } from '../../datasources/duckdb/files.js';
import { duckdbStore } from '../../datasources/duckdb/index.js';
import { own, place } from '../../src/ir/operand.js';
import { TRUE } from '../../src/ir/predicate.js';
import type { DataType } from '../../src/ir/types.js';
import { buildEntities } from '../../src/sources/model.js';
import type { EntityShape, SourceShape } from '../../src/store/shape.js';
import type { Row } from '../../src/store/batch.js';

const { signal } = new AbortController();
const folder = mkdtempSync(join(tmpdir(), 'trainyard-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function parquet(path: string, select: string): Promise<void> {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`copy (${select}) to '${join(folder, path).replaceAll("'", "''")}' (format parquet)`);
  connection.closeSync();
  instance.closeSync();
}

function open(path: string, entities: EntityDeclarations = {}) {
  const limits = { memory: '500MB', temporary: null, threads: 2, concurrency: 2, queueLimit: 10, readMs: 10_000 };
  return duckdbStore('files', { path: join(folder, path), entities, ...limits });
}

async function shapeOf(path: string, entities?: EntityDeclarations): Promise<SourceShape> {
  const store = await open(path, entities);
  try {
    return await store.introspect(signal);
  } finally {
    await store.close();
  }
}

function named({ entities }: SourceShape, name: string): EntityShape {
  const found = entities.find((e) => e.name === name);
  if (!found) throw new Error(`there is no ${name}: ${entities.map((e) => e.name).join(', ')}`);
  return found;
}

function typesOf(shape: EntityShape): Record<string, DataType> {
  return Object.fromEntries(shape.fields.map((f) => [f.name, f.type]));
}

/** All rows of an entity as the engine reads them. */
async function rowsOf(path: string, name: string, entities?: EntityDeclarations): Promise<readonly Row[]> {
  const store = await open(path, entities);
  try {
    const model = buildEntities('files', await store.introspect(signal));
    const entity = [...model.shapes].find(([, shape]) => shape.name === name)![0];
    const found = model.entities.get(entity)!;
    const select = {
      from: place(found),
      where: TRUE,
      output: [...found.fields.values()].map(own),
      groups: null,
      orderBy: [],
      limit: null,
      offset: null,
      keyset: [],
      within: null,
    };
    const [batch] = await store.read([select], { args: [], form: 'TYPED', signal });
    return batch!.rows;
  } finally {
    await store.close();
  }
}

const EVERYTHING = `select true as b, 1::tinyint as i1, 1::utinyint as u1, 1::smallint as i2, 1::usmallint as u2, 1::integer as i4,
  1::uinteger as u4, 1::bigint as i8, 18446744073709551615::ubigint as u8, 1.5::float as f4, 1.5::double as f8,
  1.50::decimal(6,2) as d, 'x' as t, '{"a": 1}'::json as j, 'ab'::blob as by, '00000000-0000-0000-0000-00000000000a'::uuid as u,
  date '2024-02-29' as day, time '10:11:12.5' as tm, timestamp '2024-02-29 10:00:00' as ts,
  timestamp_ns '2024-02-29 10:00:00.123456789' as ns, timestamptz '2024-02-29 10:00:00+02' as tz, timetz '10:00:00+02' as ttz,
  [1, null, 3]::integer[] as l, {'a': 1::bigint, 'b c': ['x']} as s, [{'a': 1::smallint}] as ls, map {'k': 1} as m, null as n`;

beforeAll(async () => {
  file('mixed/plain.csv', 'id,name,day,share\n1,"a, b",2024-01-02,0.5\n2,,,\n');
  file('mixed/tabs.tsv', 'a\tb\n1\tx\n');
  file('mixed/lines.ndjson', '{"id": 1, "o": {"a": [1, 2]}, "m": 1}\n{"id": 2, "o": null, "m": "x"}\n');
  file('mixed/array.json', '[{"id": 1}, {"id": 2}]');
  file('mixed/notes.txt', 'no table');
  file('mixed/.hidden.csv', 'a\n1\n');
  file('mixed/_SUCCESS.csv', 'a\n1\n');
  file('mixed/broken.parquet', 'no parquet at all');
  file('mixed/day/one.csv', 'x,y\n1,2\n');
  file('mixed/day/deep/two.csv', 'x,y\n3,4\n');
  file('mixed/odd/left.csv', 'x\n1\n');
  file('mixed/odd/right.csv', 'y\n1\n');
  file('mixed/both/a.csv', 'x\n1\n');
  file('mixed/both/b.ndjson', '{"x": 1}\n');
  await parquet('mixed/types.parquet', EVERYTHING);
  await parquet('mixed/sales/year=2023/country=de/a.parquet', 'select 1 as id, 10.5 as total');
  await parquet('mixed/sales/year=2024/country=at/b.parquet', 'select 2 as id, 11.5 as total');
});

describe('what is an entity', () => {
  test('files, folders of files that are alike, and what is neither', async () => {
    const shape = await shapeOf('mixed');
    expect(shape.entities.map(({ name, id, kind, key }) => ({ name, id, kind, key }))).toEqual(
      [
        ['both_a', 'both/a.csv'],
        ['both_b', 'both/b.ndjson'],
        ['day', 'day/'],
        ['lines', 'lines.ndjson'],
        ['odd_left', 'odd/left.csv'],
        ['odd_right', 'odd/right.csv'],
        ['plain', 'plain.csv'],
        ['sales', 'sales/'],
        ['tabs', 'tabs.tsv'],
        ['types', 'types.parquet'],
      ].map(([name, id]) => ({ name, id, kind: 'FILES', key: null })),
    );
  });

  test('a file that cannot be read is a problem, and no failure', async () => {
    const { problems } = await shapeOf('mixed');
    expect(problems).toEqual([
      { subject: 'broken.parquet', message: expect.stringMatching(/^it cannot be read: .*'broken.parquet'$/) },
    ]);
  });

  test('a glob names files, each an entity', async () => {
    const { entities } = await shapeOf('mixed/*/*.csv');
    expect(entities.map((e) => e.name)).toEqual(['both_a', 'day_one', 'odd_left', 'odd_right']);
    const one = await shapeOf('mixed/plain.csv');
    expect(one.entities.map((e) => e.name)).toEqual(['plain']);
  });

  test('the config makes entities of globs', async () => {
    const shape = await shapeOf('mixed', {
      days: { files: ['day/**/*.csv'] },
      documents: { files: ['array.json'], format: 'JSON' },
      gone: { files: ['nowhere/*.csv'] },
      unlike: { files: ['both/*'] },
    });
    expect(shape.entities.map((e) => e.name)).toEqual(expect.arrayContaining(['days', 'documents']));
    expect(shape.entities.map((e) => e.name)).not.toContain('day');
    expect(shape.problems).toEqual(
      expect.arrayContaining([
        { subject: 'gone', message: 'its globs match no file' },
        { subject: 'unlike', message: expect.stringContaining('give it a `format`') },
      ]),
    );
    expect(await rowsOf('mixed', 'days', { days: { files: ['day/**/*.csv'] } })).toHaveLength(2);
  });

  test('folders of the form name=value are columns', async () => {
    const shape = await shapeOf('mixed');
    expect(typesOf(named(shape, 'sales'))).toMatchObject({
      year: { kind: 'int', bits: 64 },
      country: { kind: 'text' },
    });
    expect([...(await rowsOf('mixed', 'sales'))].map(String).sort()).toEqual(['1,10.5,de,2023', '2,11.5,at,2024']);
    expect(named(shape, 'sales').estimatedRows).toBe(2);
  });

  test('files that come later are read by the same entity', async () => {
    file('later/day/one.csv', 'x\n1\n');
    file('later/day/two.csv', 'x\n2\n');
    const store = await open('later');
    const model = buildEntities('files', await store.introspect(signal));
    const entity = model.entities.get('day')!;
    const count = async (): Promise<number> => {
      const output = [...entity.fields.values()].map(own);
      const none = { groups: null, orderBy: [], limit: null, offset: null, keyset: [], within: null };
      const [batch] = await store.read([{ from: place(entity), where: TRUE, output, ...none }], {
        args: [],
        form: 'TEXT',
        signal,
      });
      return batch!.rows.length;
    };
    expect(await count()).toBe(2);
    file('later/day/three.csv', 'x\n3\n');
    expect(await count()).toBe(3);
    rmSync(join(folder, 'later/day'), { recursive: true });
    await expect(count()).rejects.toMatchObject({ code: 'SCHEMA_CHANGED' });
    await store.close();
  });

  test('a folder that is not there', async () => {
    const store = await open('nowhere');
    await expect(store.introspect(signal)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await store.health()).toMatchObject({ status: 'DOWN' });
    mkdirSync(join(folder, 'nowhere'));
    expect(await store.introspect(signal)).toEqual({ entities: [], problems: [] });
    expect(await store.health()).toMatchObject({ status: 'UP' });
    await store.close();
  });
});

describe('types', () => {
  test('of Parquet', async () => {
    const int = (bits: 16 | 32 | 64): DataType => ({ kind: 'int', bits });
    const member = (name: string, type: DataType) => ({ name, type, nullable: true });
    expect(typesOf(named(await shapeOf('mixed'), 'types'))).toEqual({
      b: { kind: 'bool' },
      i1: int(16),
      u1: int(16),
      i2: int(16),
      u2: int(32),
      i4: int(32),
      u4: int(64),
      i8: int(64),
      u8: { kind: 'decimal', precision: 20, scale: 0 },
      f4: { kind: 'float', bits: 32 },
      f8: { kind: 'float', bits: 64 },
      d: { kind: 'decimal', precision: 6, scale: 2 },
      t: { kind: 'text' },
      j: { kind: 'json' },
      by: { kind: 'bytes' },
      u: { kind: 'uuid' },
      day: { kind: 'date' },
      tm: { kind: 'time' },
      ts: { kind: 'localdatetime' },
      ns: { kind: 'localdatetime' },
      tz: { kind: 'instant' },
      ttz: { kind: 'opaque', native: 'TIME WITH TIME ZONE' },
      l: { kind: 'list', of: int(32) },
      s: { kind: 'struct', fields: [member('a', int(64)), member('b c', { kind: 'list', of: { kind: 'text' } })] },
      ls: { kind: 'list', of: { kind: 'struct', fields: [member('a', int(16))] } },
      m: { kind: 'json' },
      n: int(32),
    });
  });

  test('values of all of them', async () => {
    const [row] = await rowsOf('mixed', 'types');
    const noon = 1_709_200_800_000_000n;
    expect(row).toEqual([
      true, 1n, 1n, 1n, 1n, 1n, 1n, 1n, '18446744073709551615', 1.5, 1.5, '1.5', 'x', '{"a": 1}',
      new Uint8Array([97, 98]), '00000000-0000-0000-0000-00000000000a', 19_782, 36_672_500_000n, noon,
      noon + 123_456n, noon - 7_200_000_000n, '08:00:00+00', [1n, null, 3n], { a: 1n, b_c: ['x'] }, [{ a: 1n }], '{"k":1}', null,
    ]); // prettier-ignore
  });

  test('are told in the descriptions of fields', async () => {
    const { fields } = named(
      await shapeOf('mixed', { plain: { fields: { share: { type: 'decimal(10, 2)' } } } }),
      'plain',
    );
    expect(fields.map((f) => f.description)).toEqual([
      'BIGINT in its files.',
      'VARCHAR in its files.',
      'DATE in its files.',
      'DECIMAL(10,2) by the config, DOUBLE in its files.',
    ]);
  });

  test('that the config gives are those that values are read as', async () => {
    file('given/zip.csv', 'code,n\n1067.50,1\n99,2\n');
    const declared: EntityDeclarations = {
      zip: { fields: { code: { type: 'VARCHAR' }, n: { type: `ENUM('1', '2')` } } },
    };
    expect(await rowsOf('given', 'zip')).toEqual([
      [1067.5, 1n],
      [99, 2n],
    ]);
    expect(await rowsOf('given', 'zip', declared)).toEqual([
      ['1067.50', '1'],
      ['99', '2'],
    ]);
  });

  test.each(['DATE); drop view plain; --', 'BIGINT, 1', `select 1`, 'NOTYPE', '', '(', `ENUM('a'`])(
    '%j is no type, and is in no statement',
    async (type) => {
      const { entities, problems } = await shapeOf('mixed', { plain: { fields: { id: { type } } } });
      expect(problems).toEqual(
        expect.arrayContaining([{ subject: 'plain.csv', message: expect.stringContaining('is no type of DuckDB') }]),
      );
      expect(entities.map((e) => e.name)).not.toContain('plain');
    },
  );

  test('a field that the files do not have is told', async () => {
    const { problems } = await shapeOf('mixed', { plain: { fields: { gone: { type: 'DATE' } } } });
    expect(problems).toEqual(
      expect.arrayContaining([{ subject: 'plain.csv.gone', message: expect.stringContaining('do not have') }]),
    );
  });

  test('a value further down that is of another type is an INTEGRITY error that says what to do', async () => {
    file('late/n.csv', `n\n${Array.from({ length: 30_000 }, (_, i) => String(i)).join('\n')}\nno number\n`);
    await expect(rowsOf('late', 'n')).rejects.toMatchObject({
      code: 'INTEGRITY',
      detail: { hint: expect.stringContaining('fields') },
    });
    expect(await rowsOf('late', 'n', { n: { fields: { n: { type: 'VARCHAR' } } } })).toHaveLength(30_001);
  });
});

describe('names that end quotes, and globs in names', () => {
  const NAMES = [`it's`, `"q"`, 'a[1]', 'x*y', 'q?', '{a,b}', '); drop view plain; --', "','"];
  test.each(NAMES)('%j as a file, a folder, a partition and a column', async (name) => {
    const quoted = `"${name.replaceAll('"', '""')}"`;
    const root = `odd-${NAMES.indexOf(name)}`;
    file(`${root}/${name}.csv`, `${quoted},b\n1,2\n`);
    file(`${root}/x${name}x.csv`, `b\n5\n`);
    file(`${root}/of ${name}/one.csv`, `${quoted}\n3\n`);
    file(`${root}/of ${name}/two.csv`, `${quoted}\n4\n`);
    await parquet(`${root}/parts ${name}/k=${encodeURIComponent(name)}/a.parquet`, `select 7 as ${quoted}`);
    const { entities, problems } = await shapeOf(root);
    expect(problems).toEqual([]);
    expect(named({ entities, problems }, name).fields[0]!.name).toBe(name);
    expect(await rowsOf(root, name)).toEqual([[1n, 2n]]);
    expect([...(await rowsOf(root, `of ${name}`))].map(String).sort()).toEqual(['3', '4']);
    expect(await rowsOf(root, `parts ${name}`)).toEqual([[7n, name]]);
  });
});

test('nothing outside of the folder can be read', async () => {
  file('secret/outside.csv', 'secret\n1\n');
  file('inside/own.csv', 'own\n1\n');
  symlinkSync(join(folder, 'secret/outside.csv'), join(folder, 'inside/link.csv'));
  const { entities, problems } = await shapeOf('inside', { up: { files: ['../secret/*.csv'] } });
  expect(entities.map((e) => e.name)).toEqual(['own']);
  expect(problems.map((p) => p.subject).sort()).toEqual(['link.csv', 'up']);
});
