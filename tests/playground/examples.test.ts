import { describe, expect, test } from '@jest/globals';
import { buildSchema, parse, validate, type OperationDefinitionNode } from 'graphql';
import { readFileSync } from 'node:fs';
import { parseOperation, readOperations } from '../../scripts/operations.mjs';
import { examplesFor, firstLook, type SourceOutline } from '../../src/playground/examples.js';
import { sqlLines } from '../../src/playground/sql-lines.js';

const demo = buildSchema(readFileSync('schema/demo.graphql', 'utf8'));
const operations = readOperations();

describe('the files of schema/operations', () => {
  test.each(operations.map((operation) => [operation.name, operation] as const))('%s', (_, operation) => {
    const { title, explanation, query, variables } = operation;
    expect(title).toMatch(/^\S.{3,80}$/);
    expect(explanation).not.toBe('');
    expect(query.startsWith(`# ${title}\n`)).toBe(true);
    expect(query).not.toMatch(/^# variables:/m);
    const document = parse(query);
    expect(validate(demo, document)).toEqual([]);
    const [first] = document.definitions as readonly OperationDefinitionNode[];
    const declared = (first?.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
    expect(Object.keys((variables as object | null) ?? {}).sort()).toEqual(declared.sort());
  });

  test('a file without a comment is its operation alone', () => {
    expect(parseOperation('x.graphql', '{ viewer { id } }\n')).toEqual({
      name: 'x',
      title: '',
      explanation: '',
      query: '{ viewer { id } }\n',
      variables: null,
    });
  });

  test('variables that are no JSON are refused with the name of the file', () => {
    expect(() => parseOperation('x.graphql', '# X\n#\n# variables: { a: 1 }\n{ a }')).toThrow(/operations\/x\.graphql/);
  });
});

describe('the examples of a gateway', () => {
  const shop = buildSchema(`
    type Query { shop: ShopSource sources: [Source!] records(source: String!, entity: String!): Int }
    type Source { name: String! }
    type ShopSource { item(first: Int, orderBy: [ItemOrder!]): [Item!] }
    input ItemOrder { code: Order line: Order }
    enum Order { ASC DESC }
    scalar JSON
    type Item { code: ID! line: Int! extra: JSON place: Place }
    type Place { lon: Float }
  `);
  const source = (fields: readonly string[]): SourceOutline => ({
    name: 'shop',
    entities: [{ name: 'item', key: ['code', 'line'], fields: fields.map((name) => ({ name })) }],
  });
  const given = [
    { name: 'a', title: 'A', explanation: '', query: '{ sources { name } }', variables: null },
    { name: 'b', title: 'B', explanation: '', query: '{ records(source: "aviation", entity: "x") }', variables: null },
    {
      name: 'd',
      title: 'D',
      explanation: '',
      query: '{ sources { name } }',
      variables: { query: '{ aviation { flight { id } } }' },
    },
    { name: 'c', title: 'C', explanation: '', query: '{ aviation { flight { id } } }', variables: null },
  ];

  test('over the demo they are the files that its schema answers', () => {
    const aviation = { name: 'aviation', entities: [] };
    expect(examplesFor(operations, demo, [aviation])).toEqual(operations);
    expect(examplesFor(given, shop, [aviation]).map(({ name }) => name)).toEqual(['a', 'b', 'd']);
  });

  test('over another database the first is made of its schema, and none is about the demo', () => {
    const found = examplesFor(given, shop, [source(['code', 'line', 'extra', 'place'])]);
    expect(found.map(({ name }) => name)).toEqual(['first-look', 'a']);
    expect(found[0]!.query).toContain('item(first: 10, orderBy: [{ code: ASC }, { line: ASC }]) {');
    expect(found[0]!.query).not.toContain('place');
    expect(validate(shop, parse(found[0]!.query))).toEqual([]);
  });

  test('without any entity it asks why', () => {
    expect(firstLook(shop, [{ name: 'shop', entities: [] }]).query).toContain('lastError');
    expect(firstLook(shop, []).query).toContain('problems');
  });
});

describe('a statement on lines', () => {
  const text =
    `select "a b", ';from' from "x" as "t" where ("t"."i" > $1 and exists (select 1 from "y" where "and" = 'where (')) ` +
    'and "n" between 1 and 2 order by "a b" limit $2';

  test('clauses stand on lines of their own, sub-selects are indented', () => {
    expect(sqlLines(text).split('\n')).toEqual([
      `select "a b", ';from'`,
      'from "x" as "t"',
      'where ("t"."i" > $1',
      '    and exists ('.slice(2),
      '    select 1',
      '    from "y"',
      `    where "and" = 'where ('`,
      '  ))',
      '  and "n" between 1 and 2',
      'order by "a b"',
      'limit $2',
    ]);
  });

  test('nothing but white space changes', () => {
    const squeezed = (sql: string): string => sql.replaceAll(/\s+/g, '');
    expect(squeezed(sqlLines(text))).toBe(squeezed(text));
    expect(sqlLines('')).toBe('');
    expect(squeezed(sqlLines(`)( "x'' 'a' ) and (`))).toBe(squeezed(`)( "x'' 'a' ) and (`));
  });
});
