import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { graphql, printType, type GraphQLSchema } from 'graphql';
import { Arg, buildSchema, Field, InputType, Query, Resolver } from 'type-graphql';
import { makeLoaders, type ControlPlane, type Operations, type OperationView } from '../../resolvers/context.js';
import { buildControlPlaneSchema, printControlPlane } from '../../resolvers/schema.js';
import { applyOneOf, OneOf } from '../../schema/one-of.js';
import { explainOperation } from '../../src/dataplane/explain.js';
import { GatewayError } from '../../src/errors.js';
import { viewSource } from '../../src/sources/view.js';
import { NO_CAPABILITIES, type Capabilities } from '../../src/store/capabilities.js';
import { openLeague } from '../dataplane/league.js';

let schema: GraphQLSchema;
let asked: (readonly string[])[] = [];
beforeAll(async () => {
  schema = await buildControlPlaneSchema();
});
beforeEach(() => {
  asked = [];
});

async function controlPlane(capabilities?: Capabilities): Promise<ControlPlane> {
  const { plane, store, model } = await openLeague(capabilities);
  const view = viewSource(store, { ...model, problems: [{ subject: 'main.odd', message: 'left out' }] }, 'RELATIONAL');
  const since = new Date('2001-02-28T00:00:00Z');
  return {
    sources: () => [view],
    health: (names) => {
      asked.push(names);
      return Promise.resolve(names.map(() => ({ status: 'UP', lastError: null, latencyMs: 0.5, since })));
    },
    reloadSource: (name) =>
      name === 'league'
        ? Promise.resolve(view)
        : Promise.reject(new GatewayError('NOT_FOUND', `there is no source ${name}`)),
    explain: (request) => explainOperation(plane, () => store, request),
  };
}

const ADA = { id: 'ada', permissions: 'all' };
const AT_WORK: OperationView = {
  id: 'r1',
  operationName: null,
  kind: 'MUTATION',
  startedAt: new Date('2001-02-28T00:00:00Z'),
  elapsedMs: 12,
  caller: 'ada',
  sources: [{ name: 'league', calls: 2, rows: 3 }],
  document: '{ a }',
  isCancelled: false,
};
const cancel: Operations['cancel'] = (id, caller) => {
  if (id === 'r1' && caller === ADA) return { ...AT_WORK, isCancelled: true };
  throw new GatewayError('NOT_FOUND', `there is no running operation ${id}`);
};

async function ask(source: string, variableValues: Record<string, unknown> = {}, capabilities?: Capabilities) {
  const yard = await controlPlane(capabilities);
  const { signal } = new AbortController();
  const operations = { list: () => [AT_WORK], cancel };
  const contextValue = { yard, operations, caller: ADA, signal, loaders: makeLoaders(yard) };
  const answer = await graphql({ schema, source, variableValues, contextValue });
  return JSON.parse(JSON.stringify(answer)) as {
    data: Record<string, never> | null;
    errors?: { message: string; extensions: object }[];
  };
}

test('schema/control-plane.graphql is the schema of the program', async () => {
  const committed = readFileSync(new URL('../../schema/control-plane.graphql', import.meta.url), 'utf8');
  expect(await printControlPlane()).toBe(committed);
});

test('every type, field, argument and value is described, and root fields are nullable', () => {
  const own = Object.values(schema.getTypeMap()).filter(
    ({ name }) =>
      !name.startsWith('__') && !['String', 'Boolean', 'ID', 'Float', 'Int', 'Query', 'Mutation'].includes(name),
  );
  expect(own.length).toBeGreaterThan(12);
  expect(own.filter((type) => !type.description).map(({ name }) => name)).toEqual([]);
  const silent = Object.values(schema.getTypeMap()).flatMap((type) => {
    if (type.name.startsWith('__') || !('getFields' in type)) return [];
    const fields: { name: string; description?: unknown; args?: readonly { name: string; description?: unknown }[] }[] =
      Object.values(type.getFields());
    return fields.flatMap((field) =>
      [field, ...(field.args ?? [])]
        .filter((each) => !each.description)
        .map((each) => `${type.name}.${field.name} ${each.name}`),
    );
  });
  expect(silent).toEqual([]);
  for (const field of Object.values(schema.getQueryType()!.getFields())) expect(String(field.type)).not.toMatch(/!$/);
});

test('sources tell entities, fields, keys, relations and problems', async () => {
  const { data, errors } = await ask(`{ sources { name kind engine capabilities problems { subject message }
    entities { name key estimatedRows fields { name type nullable } relations { name to many fields } } } }`);
  expect(errors).toBeUndefined();
  const [league] = data!['sources'] as unknown as {
    entities: { name: string; key: unknown; fields: unknown[]; relations: unknown[] }[];
  }[];
  expect(league).toMatchObject({
    name: 'league',
    kind: 'RELATIONAL',
    engine: 'memory',
    problems: [{ subject: 'main.odd', message: 'left out' }],
  });
  const player = league!.entities.find(({ name }) => name === 'player')!;
  expect(player.key).toEqual(['id']);
  expect(player.fields).toContainEqual({ name: 'fans', type: 'int64', nullable: true });
  expect(player.fields).toContainEqual({ name: 'id', type: 'int32', nullable: false });
  expect(player.relations).toContainEqual(
    expect.objectContaining({ to: 'league.team', many: false, fields: ['team_id'] }),
  );
  expect(league!.entities.find(({ name }) => name === 'note')!.key).toBeNull();
});

test('a source is found by its name and by its id, and nothing else is', async () => {
  const { data } = await ask('{ source(name: "league") { id name } none: source(name: "x") { id } }');
  const { id } = data!['source'] as unknown as { id: string };
  expect(data).toEqual({ source: { id, name: 'league' }, none: null });
  const other = Buffer.from('Source:x').toString('base64url');
  const found = await ask(
    'query ($id: ID!, $other: ID!) { node(id: $id) { __typename id ... on Source { name } } a: node(id: $other) { id } b: node(id: "é") { id } }',
    { id, other },
  );
  expect(found).toEqual({ data: { node: { __typename: 'Source', id, name: 'league' }, a: null, b: null } });
});

test('health is asked once a request, however often a source is named', async () => {
  const { data } = await ask(
    '{ a: sources { health { status latencyMs since } } b: source(name: "league") { health { status lastError } } }',
  );
  expect(data).toEqual({
    a: [{ health: { status: 'UP', latencyMs: 0.5, since: '2001-02-28T00:00:00.000Z' } }],
    b: { health: { status: 'UP', lastError: null } },
  });
  expect(asked).toEqual([['league']]);
});

test('the viewer is the caller', async () => {
  expect(await ask('{ viewer { id } }')).toEqual({ data: { viewer: { id: 'ada' } } });
});

test('reloadSource gives the source, or says that there is none', async () => {
  const reload = 'mutation ($input: ReloadSourceInput!) { reloadSource(input: $input) { source { name } } }';
  expect(await ask(reload, { input: { name: 'league', idempotencyKey: 'a' } })).toEqual({
    data: { reloadSource: { source: { name: 'league' } } },
  });
  const { errors } = await ask(reload, { input: { name: 'x' } });
  expect(errors![0]).toMatchObject({ message: 'there is no source x', extensions: { code: 'NOT_FOUND' } });
});

test('operations are listed and cancelled in the name of the caller', async () => {
  const fields = 'id operationName kind startedAt elapsedMs caller sources { name calls rows } document isCancelled';
  const shown = { ...AT_WORK, startedAt: '2001-02-28T00:00:00.000Z' };
  expect(await ask(`{ operations { ${fields} } }`)).toEqual({ data: { operations: [shown] } });
  const end = `mutation ($id: ID!) { cancelOperation(input: { id: $id }) { operation { ${fields} } } }`;
  expect(await ask(end, { id: 'r1' })).toEqual({
    data: { cancelOperation: { operation: { ...shown, isCancelled: true } } },
  });
  const { data, errors } = await ask(end, { id: 'r2' });
  expect([data, errors![0]!.extensions]).toEqual([null, expect.objectContaining({ code: 'NOT_FOUND' })]);
});

const EXPLAIN = `query ($query: String!, $variables: JSON, $operationName: String) {
  explain(query: $query, variables: $variables, operationName: $operationName) {
    nodes { source entity path native { language text parameters } pushed residual estimatedRows children { entity path } } } }`;
const query = 'query A($n: String) { league { team(where: { name: { eq: $n } }) { id } } } query B { __typename }';

test('explain tells what is pushed, with no value in it', async () => {
  const { data, errors } = await ask(EXPLAIN, { query, variables: { n: 'hunter2' }, operationName: 'A' });
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({
    explain: {
      nodes: [
        { source: 'league', entity: 'team', residual: [], pushed: expect.arrayContaining(['where compare', 'limit']) },
      ],
    },
  });
  expect(JSON.stringify(data)).not.toContain('hunter2');
});

test('explain tells what is left to the gateway', async () => {
  const { data } = await ask(EXPLAIN, { query, variables: { n: 'Ada' }, operationName: 'A' }, NO_CAPABILITIES);
  const { nodes } = data!['explain'] as unknown as { nodes: { residual: string[]; native: unknown[] }[] };
  expect(nodes[0]!.residual).toContain('where compare');
  expect(nodes[0]!.native.length).toBeGreaterThan(0);
});

test.each([
  [{ query: '{' }, 'GRAPHQL_PARSE_FAILED'],
  [{ query: '{ nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
  [{ query }, 'BAD_INPUT'],
  [{ query, operationName: 'A', variables: { n: 1 } }, 'BAD_INPUT'],
  [{ query, operationName: 'A', variables: [] }, 'BAD_INPUT'],
])('explain refuses %j', async (variables, code) => {
  const { data, errors } = await ask(EXPLAIN, variables);
  expect(data).toEqual({ explain: null });
  expect(errors![0]).toMatchObject({ extensions: { code } });
});

test('a one-of input takes exactly one field', async () => {
  @OneOf('Choice')
  @InputType('Choice')
  class Choice {
    @Field(() => String, { nullable: true })
    a?: string;
    @Field(() => String, { nullable: true })
    b?: string;
  }
  @Resolver()
  class ChoiceResolver {
    @Query(() => String)
    choose(@Arg('of', () => Choice) of: Choice): string {
      return of.a ?? of.b ?? '';
    }
  }
  const choices = applyOneOf(await buildSchema({ resolvers: [ChoiceResolver], validate: false, orphanedTypes: [] }));
  expect(printType(choices.getType('Choice')!)).toContain('@oneOf');
  expect((await graphql({ schema: choices, source: '{ choose(of: { a: "x" }) }' })).data).toEqual({ choose: 'x' });
  expect((await graphql({ schema: choices, source: '{ choose(of: { a: "x", b: "y" }) }' })).errors).toHaveLength(1);
});
