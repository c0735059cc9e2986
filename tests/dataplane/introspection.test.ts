import { beforeAll, expect, test } from '@jest/globals';
import {
  buildSchema,
  execute,
  getIntrospectionQuery,
  getNamedType,
  getOperationAST,
  isObjectType,
  parse,
  validate,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { readFileSync } from 'node:fs';
import { MEMORY_COMPUTE } from '../../src/compute/answer.js';
import { Plane } from '../../src/dataplane/service.js';
import { CURSOR_SECRET_BYTES, openCursors } from '../../src/planner/cursors.js';
import { NO_POLICY } from '../../src/planner/scope.js';
import { cases, Random, seed } from '../random.js';
import { openLeague } from './league.js';

const SEED = seed();
const planes = new Map<string, Plane>();

/** A plane that has a schema and no stores. */
function over(schema: GraphQLSchema): Plane {
  return new Plane({
    schema,
    entities: { resolve: () => null },
    policyOf: NO_POLICY,
    limits: { pageSize: 50, maxPageSize: 100 },
    rowBudget: 10,
    keyBudget: 10,
    compute: MEMORY_COMPUTE,
    planCacheBytes: 1_000_000,
    storeOf: () => {
      throw new Error('there is no store');
    },
    cursors: openCursors(Buffer.alloc(CURSOR_SECRET_BYTES)),
  });
}

/** Types of every sort, deprecation, defaults and directives. */
const EVERYTHING = `
  """ A directive """ directive @by(name: String = "a\\nb", often: [Int!] = [1, 2]) repeatable on FIELD | OBJECT
  interface Named { name: String }
  interface Known implements Named { name: String }
  type Cat implements Named & Known { name: String  lives(of: Int = 9, old: Int @deprecated(reason: "why")): Int @deprecated(reason: "gone") }
  type Dog implements Named { name: String }
  union Pet = Cat | Dog
  enum Mood { GOOD  BAD @deprecated }
  input Wish @oneOf { a: Int  b: [String] }
  scalar When @specifiedBy(url: "https://example.org/when")
  type Query { pets(mood: Mood = GOOD, wish: Wish): [Pet!]!  when: When }`;

beforeAll(async () => {
  planes.set('everything', over(buildSchema(EVERYTHING)));
  planes.set('the demo', over(buildSchema(readFileSync('schema/demo.graphql', 'utf8'))));
  planes.set('the league', (await openLeague()).plane);
});

async function expectSame(
  plane: Plane,
  text: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const document = parse(text);
  expect({ text, invalid: validate(plane.schema, document) }).toEqual({ text, invalid: [] });
  const theirs = await execute({ schema: plane.schema, document, variableValues: variables });
  const mine = await plane.execute({
    document,
    operation: getOperationAST(document)!,
    operationName: null,
    variables,
    caller: { id: 'a', permissions: 'all' },
    signal: new AbortController().signal,
    controlContext: {},
  });
  const ours = { errors: mine.errors.length, data: String(mine.data) };
  expect({ text, ...ours }).toEqual({ text, errors: theirs.errors?.length ?? 0, data: JSON.stringify(theirs.data) });
}

const NAMES = ['everything', 'the demo', 'the league'];

test.each(NAMES)('the usual introspection of %s is byte for byte that of graphql-js', async (name) => {
  const plane = planes.get(name)!;
  await expectSame(plane, getIntrospectionQuery());
  const all = { descriptions: true, specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true };
  await expectSame(plane, getIntrospectionQuery({ ...all, inputValueDeprecation: true, oneOf: true }));
  await expectSame(plane, getIntrospectionQuery({ descriptions: false }));
});

test('aliases, fragments, directives, variables, and what is not there', async () => {
  const plane = planes.get('everything')!;
  const deprecated =
    'query ($d: Boolean, $n: String!) { t: __type(name: $n) { fields(includeDeprecated: $d) { name args(includeDeprecated: $d) { name } } } }';
  for (const d of [true, false, null]) await expectSame(plane, deprecated, { d, n: 'Cat' });
  await expectSame(plane, deprecated, { n: 'Nobody' });
  await expectSame(
    plane,
    'query ($no: Boolean!) { a: __schema { ...S queryType { name @skip(if: $no) } } b: __schema { types { ... on __Type { k: kind } ...T name } } __typename } fragment S on __Schema { __typename directives { args { defaultValue } } } fragment T on __Type { ofType { name } isOneOf }',
    { no: true },
  );
  await expectSame(
    plane,
    '{ __type(name: "Mood") { enumValues { name } all: enumValues(includeDeprecated: true) { name deprecationReason } } __schema { mutationType { name } } }',
  );
});

/** A random selection of the types of introspection. */
function selection(type: GraphQLObjectType, random: Random, depth: number): string {
  const parts = Array.from({ length: 1 + random.int(4) }, (_, i) => {
    const field = random.pick(Object.values(type.getFields()));
    const inner = getNamedType(field.type);
    const args = field.args.some((a) => a.name === 'includeDeprecated')
      ? random.pick(['', '(includeDeprecated: true)'])
      : '';
    if (!isObjectType(inner)) return `a${depth}_${i}: ${field.name}${args}`;
    return depth === 0
      ? '__typename'
      : `a${depth}_${i}: ${field.name}${args} { ${selection(inner, random, depth - 1)} }`;
  });
  return parts.join(' ');
}

test(`random questions about a schema (SEED=${SEED})`, async () => {
  const random = new Random(SEED);
  const plane = planes.get('everything')!;
  const root = plane.schema.getType('__Schema') as GraphQLObjectType;
  let asked = 0;
  for (let i = 0; i < 10 * cases(100, 1_000) && asked < cases(100, 1_000); i += 1) {
    const text = `{ __schema { ${selection(root, random, 3)} } }`;
    // Too many lists inside lists are refused before they are answered.
    if (validate(plane.schema, parse(text)).length > 0) continue;
    asked += 1;
    await expectSame(plane, text);
  }
  expect(asked).toBe(cases(100, 1_000));
});
