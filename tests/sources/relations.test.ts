import { describe, expect, test } from '@jest/globals';
import { linkSources } from '../../src/sources/link.js';
import { buildEntities, type SourceNaming } from '../../src/sources/model.js';
import type { DeclaredPair } from '../../src/sources/relations.js';
import { TEXT, type DataType } from '../../src/ir/types.js';
import type { SourceShape } from '../../src/store/shape.js';
import { refers, shapeOf, table } from './shapes.js';

/** `name→target` for one, `name→→target` for many, by entity. */
function relationsOf(shape: SourceShape, naming: SourceNaming = {}): Record<string, string[]> {
  const { entities } = buildEntities('shop', shape, naming);
  return Object.fromEntries(
    [...entities].map(([name, { relations }]) => [
      name,
      [...relations.values()].map((r) => `${r.name}${r.many ? '→→' : '→'}${r.to.entity}`).sort(),
    ]),
  );
}

function problemsOf(shape: SourceShape, naming: SourceNaming = {}): string[] {
  return buildEntities('shop', shape, naming).problems.map((p) => `${p.subject}: ${p.message}`);
}

const FLOAT: DataType = { kind: 'float', bits: 64 };
const DATE: DataType = { kind: 'date' };
const INSTANT: DataType = { kind: 'instant' };
const LOCAL: DataType = { kind: 'localdatetime' };

const artist = table('artist', ['id', 'name*']);

describe('names of relations from foreign keys', () => {
  test('a column that ends in _id gives its name without it; the other side is called as the child', () => {
    const album = table('album', ['id', 'artist_id'], { references: [refers('artist', ['artist_id'])] });
    expect(relationsOf(shapeOf(artist, album))).toEqual({ album: ['artist→artist'], artist: ['album→→album'] });
  });

  test('another column gives <column>_<target>', () => {
    const album = table('album', ['id', 'by'], { references: [refers('artist', ['by'])] });
    expect(relationsOf(shapeOf(artist, album)).album).toEqual(['by_artist→artist']);
  });

  test('the name without _id is taken by a column: <column>_<target>', () => {
    const album = table('album', ['id', 'artist_id', 'artist*'], { references: [refers('artist', ['artist_id'])] });
    expect(relationsOf(shapeOf(artist, album)).album).toEqual(['artist_id_artist→artist']);
  });

  test('a column called _id or id has no name without it', () => {
    const album = table('album', ['id', '_id'], { references: [refers('artist', ['id']), refers('artist', ['_id'])] });
    expect(relationsOf(shapeOf(artist, album)).album).toEqual(['_id_artist→artist', 'id_artist→artist']);
  });

  test('several from one table: the other side tells them apart by column', () => {
    const flight = table('flight', ['id', 'origin', 'destination_id'], {
      references: [refers('artist', ['origin']), refers('artist', ['destination_id'])],
    });
    expect(relationsOf(shapeOf(artist, flight))).toEqual({
      flight: ['destination→artist', 'origin_artist→artist'],
      artist: ['flight_by_destination_id→→flight', 'flight_by_origin→→flight'],
    });
  });

  test('a compound key is called as its constraint, in both directions where needed', () => {
    const parent = table('parent', ['a', 'b'], { key: ['a', 'b'] });
    const two = table('child', ['id', 'a', 'b', 'c'], {
      references: [
        refers('parent', ['a', 'b'], ['a', 'b'], 'the parent'),
        refers('parent', ['a', 'c'], ['a', 'b'], 'child_other'),
      ],
    });
    expect(relationsOf(shapeOf(parent, two))).toEqual({
      child: ['child_other→parent', 'the_parent→parent'],
      parent: ['child_by_child_other→→child', 'child_by_the_parent→→child'],
    });
  });

  test('to itself', () => {
    const node = table('node', ['id', 'parent_id'], { references: [refers('node', ['parent_id'])] });
    expect(relationsOf(shapeOf(node)).node).toEqual(['node_by_parent_id→→node', 'parent→node']);
  });

  test('a foreign key over a unique column leads back to one', () => {
    const passport = table('passport', ['id', 'artist_id'], {
      unique: [['artist_id']],
      references: [refers('artist', ['artist_id'])],
    });
    expect(relationsOf(shapeOf(artist, passport)).artist).toEqual(['passport→passport']);
  });

  test('to a table that is not there, or by a column that is left out: nothing', () => {
    const album = table('album', ['id', 'artist_id', '_and'], {
      references: [refers('gone', ['artist_id']), refers('artist', ['_and'])],
    });
    expect(relationsOf(shapeOf(artist, album)).album).toEqual([]);
  });
});

describe('junctions', () => {
  const tag = table('tag', ['id', 'label*']);
  const junction = table('artist_tag', ['artist_id', 'tag_id'], {
    key: ['artist_id', 'tag_id'],
    references: [refers('artist', ['artist_id']), refers('tag', ['tag_id'])],
  });

  test('a table whose key is its two foreign keys gives each side the far side, and stays itself', () => {
    expect(relationsOf(shapeOf(artist, tag, junction))).toEqual({
      artist: ['artist_tag→→artist_tag', 'tag→→tag'],
      tag: ['artist_tag→→artist_tag', 'artist→→artist'],
      artist_tag: ['artist→artist', 'tag→tag'],
    });
    const { entities } = buildEntities('shop', shapeOf(artist, tag, junction));
    expect(entities.get('artist')!.relations.get('tag')!.through!.entity.entity).toBe('artist_tag');
  });

  test('the far side is called by the junction where its own name is taken', () => {
    const named = table('artist', ['id', 'tag*']);
    expect(relationsOf(shapeOf(named, tag, junction)).artist).toContain('tag_by_artist_tag→→tag');
  });

  test('further columns beside the keys change nothing, a further column in the key makes it no junction', () => {
    const dated = { ...junction, fields: table('x', ['artist_id', 'tag_id', 'since']).fields };
    expect(relationsOf(shapeOf(artist, tag, dated)).artist).toContain('tag→→tag');
    const threefold = { ...dated, key: ['artist_id', 'tag_id', 'since'] };
    expect(relationsOf(shapeOf(artist, tag, threefold)).artist).toEqual(['artist_tag→→artist_tag']);
  });

  test('between rows of one table both directions are told apart', () => {
    const friend = table('friend', ['a', 'b'], {
      key: ['a', 'b'],
      references: [refers('artist', ['a']), refers('artist', ['b'])],
    });
    expect(relationsOf(shapeOf(artist, friend)).artist).toEqual([
      'artist_by_friend→→artist',
      'artist→→artist',
      'friend_by_a→→friend',
      'friend_by_b→→friend',
    ]);
  });
});

test('the name of a relation to another source is taken by none that a rule finds', () => {
  const friend = table('friend', ['a', 'b'], {
    key: ['a', 'b'],
    references: [refers('artist', ['a']), refers('artist', ['b'])],
  });
  const relations = [
    { from: 'other.painter', to: 'shop.artist', on: [{ from: 'id', to: 'id' }], as: 'node', reverse: 'artist' },
  ];
  const shop = buildEntities('shop', shapeOf(artist, friend), { relations });
  const other = buildEntities('other', shapeOf(table('painter', ['id'])), { relations });
  const problems = linkSources(
    new Map([
      ['shop', shop],
      ['other', other],
    ]),
    relations,
  );
  expect([...problems.values()].flat()).toEqual([]);
  const found = shop.entities.get('artist')!.relations;
  expect(found.get('artist')!.to).toMatchObject({ source: 'other', entity: 'painter' });
  expect([...found.keys()].sort()).toEqual(['artist', 'artist_by_a', 'artist_by_friend', 'friend_by_a', 'friend_by_b']);
});

describe('what collides is left out and told', () => {
  test('every candidate is taken', () => {
    const album = table('album', ['id', 'artist_id', 'artist*', 'artist_id_artist*'], {
      references: [refers('artist', ['artist_id'])],
    });
    const shape = shapeOf(artist, album);
    expect(relationsOf(shape).album).toEqual([]);
    expect(problemsOf(shape)).toEqual([
      'artist_id_fkey: left out: its name "artist_id_artist" is taken by field artist_id_artist; rename one of them in the config',
    ]);
  });

  test('a derived name of a to-many relation is a column', () => {
    const crowded = table('artist', ['id', 'album_aggregate']);
    const album = table('album', ['id', 'artist_id'], { references: [refers('artist', ['artist_id'])] });
    expect(relationsOf(shapeOf(crowded, album)).artist).toEqual(['album_by_artist_id→→album']);
  });
});

describe('relations of the config', () => {
  const order = table('order', ['id', 'customer_no']);
  const customer = table('customer', ['id', 'number'], { unique: [['number']] });
  const on = [{ from: 'customer_no', to: 'number' }];

  test('lead to one where the other side is unique, and back to many', () => {
    const relations = [{ from: 'order', to: 'customer', on, as: 'buyer', reverse: 'orders' }];
    expect(relationsOf(shapeOf(order, customer), { relations })).toEqual({
      order: ['buyer→customer'],
      customer: ['orders→→order'],
    });
  });

  test('lead to many where it is not; `many` has the last word', () => {
    const loose = { ...customer, unique: [] };
    const relations = [{ from: 'order', to: 'customer', on, as: 'buyer' }];
    expect(relationsOf(shapeOf(order, loose), { relations }).order).toEqual(['buyer→→customer']);
    const one = [{ ...relations[0]!, many: false }];
    expect(relationsOf(shapeOf(order, loose), { relations: one }).order).toEqual(['buyer→customer']);
  });

  test.each<[string, DataType, DataType, Omit<DeclaredPair, 'from' | 'to'>, string]>([
    ['floats', FLOAT, FLOAT, { normalise: ['TRIM'] }, 'normalise is for text'],
    ['a date and text', DATE, TEXT, {}, 'have no common form'],
    ['a zone without a cast', DATE, DATE, { zone: 'UTC' }, 'zone is for cast: DATE'],
    ['a cast of dates', DATE, DATE, { cast: 'DATE' }, 'cast: DATE is for points in time'],
    ['a cast without its zone', INSTANT, DATE, { cast: 'DATE' }, 'cast: DATE needs a zone here'],
    ['a zone of what has none', LOCAL, DATE, { cast: 'DATE', zone: 'UTC' }, 'cast: DATE takes no zone here'],
    [
      'a zone that is none',
      INSTANT,
      DATE,
      { cast: 'DATE', zone: 'Nowhere/Land' },
      'there is no time zone "Nowhere/Land"',
    ],
  ])('that cannot be joined are left out and told: %s', (_, near, far, how, message) => {
    const typed = (shape: typeof order, name: string, type: DataType): typeof order => ({
      ...shape,
      fields: shape.fields.map((field) => (field.name === name ? { ...field, type } : field)),
    });
    const shape = shapeOf(typed(order, 'customer_no', near), typed(customer, 'number', far));
    const relations = [{ from: 'order', to: 'customer', on: [{ ...on[0]!, ...how }], as: 'buyer' }];
    const [told, ...more] = problemsOf(shape, { relations });
    expect(told).toContain(`left out: `);
    expect(told).toContain(message);
    expect(told).toContain('customer_no (');
    expect(more).toEqual([]);
    expect(relationsOf(shape, { relations }).order).toEqual([]);
  });

  test('name what is not there, or a name that is taken: told', () => {
    const relations = [
      { from: 'order', to: 'nobody', on, as: 'a' },
      { from: 'order', to: 'customer', on: [{ from: 'gone', to: 'number' }], as: 'b' },
      { from: 'order', to: 'customer', on, as: 'customer_no' },
    ];
    expect(relationsOf(shapeOf(order, customer), { relations }).order).toEqual([]);
    expect(problemsOf(shapeOf(order, customer), { relations })).toEqual([
      'relation shop.order → shop.nobody: left out: there is no shop.nobody in the schema',
      'relation shop.order → shop.customer: left out: shop.order has no field gone',
      'relation shop.order → shop.customer: left out: its name "customer_no" is taken by field customer_no; rename one of them in the config',
    ]);
  });

  test('rename those of foreign keys', () => {
    const album = table('album', ['id', 'artist_id'], { references: [refers('artist', ['artist_id'])] });
    const entities = { album: { relations: { artist: 'performer' } }, artist: { relations: { album: 'records' } } };
    expect(relationsOf(shapeOf(artist, album), { entities })).toEqual({
      album: ['performer→artist'],
      artist: ['records→→album'],
    });
  });

  test('over views, whose keys the config tells', () => {
    const view = (name: string, columns: readonly string[]) => table(name, columns, { kind: 'VIEW', key: null });
    const naming = {
      entities: { v_customer: { key: ['number'] } },
      relations: [{ from: 'v_order', to: 'v_customer', on, as: 'buyer', reverse: 'orders' }],
    };
    const shape = shapeOf(view('v_order', ['id', 'customer_no']), view('v_customer', ['number']));
    expect(relationsOf(shape, naming)).toEqual({
      v_order: ['buyer→v_customer'],
      v_customer: ['orders→→v_order'],
    });
  });
});
