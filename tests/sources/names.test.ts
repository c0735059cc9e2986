import { describe, expect, test } from '@jest/globals';
import type { GraphQLSchema } from 'graphql';
import { isEnumType, isInputObjectType, isObjectType } from 'graphql';
import { buildControlPlaneSchema } from '../../resolvers/schema.js';
import { loadConfig, RESERVED_ROOT_FIELDS } from '../../src/config/index.js';
import { buildPlaneSchema } from '../../src/dataplane/schema.js';
import { buildEntities } from '../../src/sources/model.js';
import { legalEnumName, legalName } from '../../src/sources/names.js';
import type { SourceShape } from '../../src/store/shape.js';
import { field, shapeOf, table } from './shapes.js';

async function schemaOf(shape: SourceShape, source = 'shop'): Promise<GraphQLSchema> {
  const { entities } = buildEntities(source, shape);
  return buildPlaneSchema(await buildControlPlaneSchema(), [{ name: source, description: null, entities }]);
}

function namesOf(shape: SourceShape): {
  entities: string[];
  problems: readonly { subject: string; message: string }[];
} {
  const { entities, problems } = buildEntities('shop', shape);
  return { entities: [...entities.keys()], problems };
}

describe('a name of the store as a name of GraphQL', () => {
  test.each([
    ['flight', 'flight'],
    ['Flight', 'Flight'],
    ['select', 'select'],
    ['a b', 'a_b'],
    ['a"quote"', 'a_quote_'],
    ['tail.end', 'tail_end'],
    ['naïve', 'na_ve'],
    ['名前', '_'],
    ['😀', '_'],
    ['x😀y', 'x_y'],
    ['2024', '_2024'],
    ['2 halves', '_2_halves'],
    ['9-lives', '_9_lives'],
    ['_private', '_private'],
    ['__typename', '_typename'],
    ['___', '_'],
    ['-_x', '_x'],
    ['', ''],
    ['a'.repeat(63), 'a'.repeat(63)],
  ])('%j is %j', (name, legal) => {
    expect(legalName(name)).toBe(legal);
  });

  test.each([
    ['true', 'true_'],
    ['false', 'false_'],
    ['null', 'null_'],
    ['True', 'True'],
    ['very happy', 'very_happy'],
    ['', '_'],
    ['1st', '_1st'],
    ['__x', '_x'],
  ])('the enum label %j is %j', (label, legal) => {
    expect(legalEnumName(label)).toBe(legal);
  });
});

describe('what collides is left out and told, never an error', () => {
  test('two tables of one name: the first in the order of names stays', () => {
    const { entities, problems } = namesOf(shapeOf(table('a b', ['id']), table('a-b', ['id']), table('c', ['id'])));
    expect(entities).toEqual(['a_b', 'c']);
    expect(problems).toEqual([
      {
        subject: 'public.a-b',
        message: 'left out: its name "a_b" is taken by public.a b; rename one of them in the config',
      },
    ]);
  });

  test.each(['_by_key', '_connection', '_aggregate', '_groups', '_profile'])(
    'a table called as another one with %s',
    (suffix) => {
      const { entities, problems } = namesOf(shapeOf(table('item', ['id']), table(`item${suffix}`, ['id'])));
      expect(entities).toEqual(['item']);
      expect(problems.map((p) => p.subject)).toEqual([`public.item${suffix}`]);
    },
  );

  test('a table whose derived name is the name of one before', () => {
    const { entities, problems } = namesOf(shapeOf(table('A_groups', ['id']), table('a', ['id']), table('A', ['id'])));
    expect(entities).toEqual(['A', 'a']);
    expect(problems).toEqual([{ subject: 'public.A_groups', message: expect.stringContaining('taken by public.A;') }]);
  });

  test('two columns of one name, and a column called as something of ours', () => {
    const { entities } = buildEntities('shop', shapeOf(table('t', ['id', 'a b', 'a.b', '_and', '__and', '_score'])));
    expect([...entities.get('t')!.fields.keys()]).toEqual(['id', 'a_b']);
    const { problems } = namesOf(shapeOf(table('t', ['id', 'a b', 'a.b', '_and', '__and'])));
    expect(problems).toEqual([
      { subject: 'public.t.a.b', message: expect.stringContaining('"a_b" is taken by field a b') },
      { subject: 'public.t._and', message: expect.stringContaining('taken by a name of ours') },
      { subject: 'public.t.__and', message: expect.stringContaining('taken by a name of ours') },
    ]);
  });

  test('a table without a name', () => {
    const { entities, problems } = namesOf(shapeOf(table('', ['id']), table('t', ['id'])));
    expect(entities).toEqual(['t']);
    expect(problems).toEqual([
      { subject: 'public.', message: expect.stringContaining('no name that GraphQL can hold') },
    ]);
  });

  test('a key with a column that is left out is no key', () => {
    const { entities } = buildEntities('shop', shapeOf(table('t', ['_or', 'x'])));
    expect(entities.get('t')).toMatchObject({ key: null });
    expect(namesOf(shapeOf(table('t', ['_or', 'x']))).problems.map((p) => p.message)).toEqual([
      expect.stringContaining('left out'),
      'its key (_or) names a field that is not in the schema: the entity has no key',
    ]);
  });
});

describe('types', () => {
  test('of tables that differ in the case of their first letter: `_2`, in the order of names', async () => {
    const schema = await schemaOf(shapeOf(table('person', ['id']), table('Person', ['id', 'b'])));
    const fields = (name: string): string[] => {
      const type = schema.getType(name);
      return isObjectType(type) ? Object.keys(type.getFields()).filter((f) => f.length <= 2) : [];
    };
    expect(fields('Shop_Person')).toEqual(['id', 'b']);
    expect(fields('Shop_Person_2')).toEqual(['id']);
    expect(schema.getType('Shop_Person_2Where')).toBeDefined();
  });

  test('of a table that would be called as an input of another', async () => {
    const schema = await schemaOf(shapeOf(table('item', ['id']), table('itemWhere', ['id'])));
    expect(isInputObjectType(schema.getType('Shop_ItemWhere'))).toBe(true);
    expect(isObjectType(schema.getType('Shop_ItemWhere_2'))).toBe(true);
  });

  test('enum labels: illegal ones rewritten, their values kept', async () => {
    const mood = { kind: 'enum', name: 'mood', values: ['true', 'null', 'very happy', '1st', 'ok'] } as const;
    const schema = await schemaOf(shapeOf({ ...table('t', ['id']), fields: [field('id'), field('mood', mood)] }));
    const type = Object.values(schema.getTypeMap()).find(
      (t) => isEnumType(t) && t.getValue('very_happy') !== undefined,
    );
    if (!isEnumType(type)) throw new Error('there is no such enum');
    expect(type.getValues().map((v) => v.name)).toEqual(['true_', 'null_', 'very_happy', '_1st', 'ok']);
  });
});

describe('renames of the config', () => {
  test('of tables, columns and relations, by native name or id', () => {
    const shape = shapeOf(table('tbl_visits', ['id', 'dt']), table('other', ['id']));
    const { entities } = buildEntities('shop', shape, {
      entities: {
        tbl_visits: { rename: 'visit', fields: { dt: { rename: 'day' } } },
        'public.other': { rename: 'thing' },
      },
    });
    expect([...entities.keys()].sort()).toEqual(['thing', 'visit']);
    expect([...entities.get('visit')!.fields.keys()]).toEqual(['id', 'day']);
  });

  test('solve a collision', () => {
    const shape = shapeOf(table('a b', ['id']), table('a-b', ['id']));
    const { entities, problems } = buildEntities('shop', shape, { entities: { 'a-b': { rename: 'dash' } } });
    expect([[...entities.keys()], problems]).toEqual([['a_b', 'dash'], []]);
  });

  test('can make one', () => {
    const shape = shapeOf(table('a', ['id', 'x', 'y']), table('b', ['id']));
    const { entities, problems } = buildEntities('shop', shape, {
      entities: { b: { rename: 'a' }, a: { fields: { y: { rename: 'x' } } } },
    });
    expect([...entities.keys()]).toEqual(['a']);
    expect(problems.map((p) => p.subject).sort()).toEqual(['public.a.y', 'public.b']);
  });

  test('include and exclude take native names and ids with *', () => {
    const shape = shapeOf(table('tmp_a', ['id']), table('keep', ['id']), table('keep.x', ['id']));
    const named = (naming: object): string[] => [...buildEntities('shop', shape, naming).entities.keys()];
    expect(named({ exclude: ['tmp_*'] })).toEqual(['keep', 'keep_x']);
    expect(named({ include: ['keep*'] })).toEqual(['keep', 'keep_x']);
    expect(named({ include: ['*'], exclude: ['public.keep.x'] })).toEqual(['keep', 'tmp_a']);
    // A point is a point.
    expect(named({ include: ['keep.'] })).toEqual([]);
  });
});

describe('root fields of ours', () => {
  test.each([...RESERVED_ROOT_FIELDS].sort())('no database is served as %s', (name) => {
    const config = loadConfig({}, { DATABASE_URL: `postgres://u@h/${name}` });
    expect(Object.keys(config.sources)).toEqual([`${name}_db`]);
  });

  test('every root field that there is, is reserved', async () => {
    const schema = await schemaOf(shapeOf(table('t', ['id'])));
    const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((t) => Object.keys(t?.getFields() ?? {}));
    expect(fields.length).toBeGreaterThan(5);
    expect(fields.filter((f) => f !== 'shop' && !RESERVED_ROOT_FIELDS.has(f))).toEqual([]);
  });
});
