import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { memoryStore, type MemoryConfig } from '../../datasources/memory/index.js';
import { MEMORY_COMPUTE } from '../../src/compute/answer.js';
import { buildPlaneSchema } from '../../src/dataplane/schema.js';
import { Plane } from '../../src/dataplane/service.js';
import type { DataType } from '../../src/ir/types.js';
import { CURSOR_SECRET_BYTES, openCursors } from '../../src/planner/cursors.js';
import { NO_POLICY } from '../../src/planner/scope.js';
import { buildEntities, type SourceModel, type SourceNaming } from '../../src/sources/model.js';
import type { Capabilities } from '../../src/store/capabilities.js';
import type { EntityShape, ReferenceShape } from '../../src/store/shape.js';
import type { Store } from '../../src/store/store.js';

const INT: DataType = { kind: 'int', bits: 32 };
const BIG: DataType = { kind: 'int', bits: 64 };
const TEXT: DataType = { kind: 'text' };
const FLOAT: DataType = { kind: 'float', bits: 64 };
const MOOD: DataType = { kind: 'enum', name: 'mood', values: ['low', 'so-so', 'true'] };

function entity(
  name: string,
  key: string[] | null,
  fields: Record<string, DataType>,
  references: ReferenceShape[] = [],
  required: string[] = key ?? [],
): EntityShape {
  return {
    name,
    id: `main.${name}`,
    kind: 'TABLE',
    description: null,
    fields: Object.entries(fields).map(([field, type]) => ({
      name: field,
      type,
      nullable: !required.includes(field),
      description: null,
      native: null,
    })),
    key,
    unique: [],
    references,
    estimatedRows: null,
    native: null,
  };
}

const reference = (name: string, field: string, to: string): ReferenceShape => ({
  name,
  fields: [field],
  to: `main.${to}`,
  toFields: ['id'],
  enforced: true,
});

const days = [0, 59, 11_016, -400];

/** Only stores of objects hold these. */
const GROUND: DataType = struct({ street: TEXT, plot: struct({ size: FLOAT, mood: MOOD }), at: { kind: 'geopoint' } });
const STAND: DataType = struct({ seats: INT, name: TEXT });

function struct(fields: Readonly<Record<string, DataType>>): DataType {
  return { kind: 'struct', fields: Object.entries(fields).map(([name, type]) => ({ name, type, nullable: true })) };
}

/** A league: teams, players (some without a team), matches between two teams, tags of players over a junction, notes without a key. */
export const LEAGUE: MemoryConfig = {
  shape: {
    problems: [],
    entities: [
      entity('team', ['id'], {
        id: INT,
        name: TEXT,
        founded: { kind: 'date' },
        budget: { kind: 'decimal', precision: 10, scale: 2 },
        ground: GROUND,
        stands: { kind: 'list', of: STAND },
        place: { kind: 'geopoint' },
      }),
      entity(
        'player',
        ['id'],
        {
          id: INT,
          team_id: INT,
          name: TEXT,
          mood: MOOD,
          score: FLOAT,
          fans: BIG,
          active: { kind: 'bool' },
          nicknames: { kind: 'list', of: TEXT },
          joined: { kind: 'instant' },
        },
        [reference('player_team', 'team_id', 'team')],
      ),
      entity('match', ['id'], { id: INT, home: INT, away: INT, goals: INT }, [
        reference('m_home', 'home', 'team'),
        reference('m_away', 'away', 'team'),
      ]),
      entity('tag', ['id'], { id: INT, label: TEXT }),
      entity('player_tag', ['player_id', 'tag_id'], { player_id: INT, tag_id: INT }, [
        reference('pt_player', 'player_id', 'player'),
        reference('pt_tag', 'tag_id', 'tag'),
      ]),
      entity('note', null, { player_id: INT, body: TEXT }, [reference('note_player', 'player_id', 'player')], []),
    ],
  },
  rows: {
    'main.team': Array.from({ length: 5 }, (_, i) => ({
      id: BigInt(i),
      name: ['Ada', 'Ömer', '', 'zwei"\n', null][i],
      founded: days[i] ?? null,
      budget: ['1.5', '-2', '0', null, '99999999.99'][i],
      ground: [
        { street: 'A "1"', plot: { size: NaN, mood: 'so-so' }, at: null },
        null,
        { street: null, plot: null, at: { lon: 1.5, lat: -2 } },
        { street: '😀', plot: { size: 2, mood: null }, at: null },
        { street: '', plot: { size: null, mood: 'true' }, at: null },
      ][i],
      stands: [[{ seats: 3n, name: 'n' }, null], [], null, [{ seats: null, name: 'e' }], [{ seats: 1n, name: 'n' }]][i],
      place: [{ lon: 0, lat: 0 }, null, { lon: 13.4, lat: 52.5 }, { lon: -180, lat: 90 }, { lon: 0.01, lat: 0 }][i],
    })),
    'main.player': Array.from({ length: 14 }, (_, i) => ({
      id: BigInt(i),
      team_id: i % 4 === 3 ? null : BigInt(i % 4),
      name: i === 5 ? null : `p${i % 6}${['', '😀', 'é'][i % 3]}`,
      mood: [null, 'low', 'so-so', 'true'][i % 4],
      score: [null, NaN, Infinity, -0, 0.5, 2.25, -8][i % 7],
      fans: i === 2 ? null : 9_007_199_254_740_993n - BigInt(i % 3),
      active: [true, false, null][i % 3],
      nicknames: [[], ['a', null], null, ['b', 'a']][i % 4],
      joined: i % 5 === 0 ? null : BigInt(i) * 86_399_999_999n,
    })),
    'main.match': Array.from({ length: 9 }, (_, i) => ({
      id: BigInt(i),
      home: BigInt(i % 4),
      away: i === 8 ? null : BigInt((i + 1) % 5),
      goals: i === 3 ? null : BigInt(i % 4),
    })),
    'main.tag': Array.from({ length: 3 }, (_, i) => ({ id: BigInt(i), label: ['x', 'y', null][i] })),
    'main.player_tag': Array.from({ length: 12 }, (_, i) => ({
      player_id: BigInt(i % 7),
      tag_id: BigInt((i * 5) % 3),
    })).filter((row, i, all) => all.findIndex((o) => o.player_id === row.player_id && o.tag_id === row.tag_id) === i),
    'main.note': Array.from({ length: 6 }, (_, i) => ({ player_id: i === 5 ? null : BigInt(i % 3), body: `n${i}` })),
  },
};

export interface League {
  readonly plane: Plane;
  readonly schema: GraphQLSchema;
  readonly model: SourceModel;
  readonly store: Store;
}

/** The league behind a plane; with `capabilities` the planner is told that the store can do no more than these. */
export async function openLeague(capabilities?: Capabilities): Promise<League> {
  return leagueOver(await memoryStore('league', LEAGUE), capabilities);
}

export async function leagueOver(
  real: Store,
  capabilities?: Capabilities,
  naming: SourceNaming = {},
  policyOf = NO_POLICY,
  sourceOf: (entity: string) => string = () => 'league',
): Promise<League> {
  const store: Store = capabilities ? { ...real, capabilities } : real;
  const model = buildEntities('league', await real.introspect(new AbortController().signal), naming);
  const control = new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: { motto: { type: GraphQLString, resolve: () => 'play "fair"' } },
    }),
  });
  const schema = buildPlaneSchema(control, [{ name: 'league', description: null, entities: model.entities }]);
  // Entities of other sources have rows in the same store, but nothing knows.
  for (const [name, each] of model.entities) (each as { source: string }).source = sourceOf(name);
  const plane = new Plane({
    schema,
    entities: { resolve: (ref) => model.entities.get(ref.entity) ?? null },
    policyOf,
    limits: { pageSize: 50, maxPageSize: 100 },
    rowBudget: 10_000,
    keyBudget: 10_000,
    compute: MEMORY_COMPUTE,
    planCacheBytes: 10_000_000,
    storeOf: () => store,
    cursors: openCursors(Buffer.alloc(CURSOR_SECRET_BYTES, 7)),
  });
  return { plane, schema, model, store };
}
