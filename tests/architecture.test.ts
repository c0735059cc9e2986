import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Parts of the program, by the folder or file they are in; the longest that fits counts. */
const PARTS = [
  'src/errors',
  'src/retry',
  'src/alive',
  'src/lazily',
  'src/login',
  'src/ir',
  'src/store',
  'src/auth',
  'src/config',
  'src/config/kinds',
  'src/config/source',
  'src/postgres',
  'src/sources',
  'src/planner',
  'src/compute',
  'src/executor',
  'src/dataplane',
  'src/catalog',
  'src/demo',
  'src/playground',
  'src/suggest',
  'src/server',
  'src/main',
  'src/cli',
  'datasources/index',
  'datasources/configs',
  'datasources/memory',
  'datasources/mongodb',
  'datasources/mysql',
  'datasources/postgres',
  'datasources/duckdb',
  'datasources/neo4j',
  'datasources/elasticsearch',
  'datasources/sql',
  'datasources/documents',
  'schema',
  'resolvers',
] as const;
type Part = (typeof PARTS)[number];

/** The engines that a config can name. */
const ENGINES: readonly Part[] = [
  'datasources/postgres',
  'datasources/duckdb',
  'datasources/mongodb',
  'datasources/neo4j',
  'datasources/elasticsearch',
  'datasources/mysql',
];
/** What any of them may use: its config is made of the common building blocks. */
const BELOW_ENGINES: readonly Part[] = ['src/ir', 'src/store', 'src/config/kinds', 'src/config/source'];

/** Who may import whom, beside their own part and `errors`. Imports go one way. */
const MAY_IMPORT: Readonly<Record<Part, readonly Part[]>> = {
  'src/errors': [],
  'src/retry': [],
  'src/alive': [],
  'src/lazily': [],
  'src/login': [],
  'src/ir': [],
  'src/store': ['src/ir'],
  'src/auth': [],
  // The naming rule of sources is the config's too: DATABASE_URL becomes a name.
  'src/config': ['src/config/kinds', 'src/config/source', 'src/sources', 'datasources/configs', 'datasources/postgres'],
  'src/config/kinds': [],
  'src/config/source': ['src/config/kinds'],
  'src/postgres': ['src/retry', 'src/alive'],
  'src/sources': ['src/ir', 'src/store', 'src/retry'],
  'src/planner': ['src/ir', 'src/store', 'src/sources', 'src/auth'],
  // Two engines do what stores cannot, behind one interface.
  'src/compute': [
    'src/alive',
    'src/lazily',
    'src/ir',
    'src/store',
    'src/planner',
    'datasources/memory',
    'datasources/duckdb',
  ],
  'src/executor': ['src/ir', 'src/store', 'src/planner', 'src/compute'],
  'src/dataplane': [
    ...['src/ir', 'src/store', 'src/sources', 'src/planner', 'src/compute', 'src/executor', 'src/auth'],
    'schema',
  ] as readonly Part[],
  'src/suggest': ['src/ir', 'src/store', 'src/sources'],
  'src/catalog': ['src/postgres', 'src/store'],
  // It loads the engines' own drivers: the gateway itself writes into no store.
  'src/demo': ['src/postgres', 'src/config', 'src/login'],
  // It runs in browsers, and knows the gateway by its API alone.
  'src/playground': [],
  'src/server': ['src/dataplane', 'src/auth', 'src/config', 'resolvers'],
  'src/main': [
    'src/auth',
    'src/compute',
    'src/store',
    'src/ir',
    'src/config',
    'src/config/kinds',
    'src/config/source',
    'src/postgres',
    'src/sources',
    'src/planner',
    'src/executor',
    'src/dataplane',
    'src/catalog',
    'src/demo',
    'datasources/index',
    'datasources/configs',
    'schema',
    'resolvers',
  ],
  'src/cli': ['src/main', 'src/server', 'src/config', 'src/catalog', 'src/suggest'],
  'datasources/index': [...ENGINES, 'datasources/configs', 'src/store', 'src/config/kinds'],
  'datasources/configs': ENGINES,
  'datasources/memory': ['src/ir', 'src/store'],
  'datasources/mongodb': [...BELOW_ENGINES, 'datasources/documents'],
  'datasources/postgres': [...BELOW_ENGINES, 'src/postgres', 'datasources/sql', 'datasources/documents'],
  'datasources/mysql': [...BELOW_ENGINES, 'datasources/sql'],
  'datasources/duckdb': [...BELOW_ENGINES, 'src/lazily', 'datasources/sql'],
  'datasources/elasticsearch': [...BELOW_ENGINES, 'src/login'],
  'datasources/neo4j': [...BELOW_ENGINES, 'src/login'],
  'datasources/sql': ['src/ir', 'src/store'],
  'datasources/documents': ['src/ir'],
  schema: [],
  resolvers: [
    'schema',
    'src/dataplane',
    'src/sources',
    'src/store',
    'src/auth',
    'src/executor',
    'src/planner',
    'src/main',
  ],
};

/** Packages that one part keeps to itself. */
const KEPT: readonly { readonly packages: readonly string[]; readonly by: readonly Part[] }[] = [
  { packages: ['pg', 'pg-cursor', 'pg-copy-streams'], by: ['src/postgres'] },
  { packages: ['@duckdb/node-api'], by: ['datasources/duckdb'] },
  { packages: ['neo4j-driver'], by: ['datasources/neo4j', 'src/demo'] },
  { packages: ['@elastic/elasticsearch', '@elastic/transport'], by: ['datasources/elasticsearch', 'src/demo'] },
  { packages: ['mysql2'], by: ['datasources/mysql'] },
  { packages: ['mongodb'], by: ['datasources/mongodb', 'src/demo'] },
  { packages: ['typeorm'], by: ['src/catalog'] },
  { packages: ['cockatiel'], by: ['src/store'] },
  { packages: ['zod', 'yaml'], by: ['src/config', 'src/config/kinds'] },
  { packages: ['commander', '@graphql-inspector/core'], by: ['src/cli'] },
  { packages: ['@apollo/server'], by: ['src/server'] },
  { packages: ['react', 'react-dom', 'graphiql', '@graphiql', 'monaco-editor'], by: ['src/playground'] },
  { packages: ['type-graphql'], by: ['schema', 'resolvers', 'src/main', 'src/dataplane'] },
];

interface Source {
  readonly path: string;
  readonly text: string;
}

function partOf(path: string): Part | null {
  const fits = PARTS.filter((part) => path === `${part}.ts` || path.startsWith(`${part}/`));
  return fits.sort((a, b) => b.length - a.length)[0] ?? null;
}

function importsOf({ path, text }: Source): string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) =>
      fileName.startsWith('.')
        ? posix.normalize(posix.join(posix.dirname(path), fileName)).replace(/\.js$/, '.ts')
        : fileName,
    );
}

function violations(sources: readonly Source[]): string[] {
  return sources.flatMap((source) => {
    const part = partOf(source.path);
    if (part === null) return [`${source.path} is in no part of the table`];
    const wrong = importsOf(source).flatMap((target) => {
      const to = target.endsWith('.ts') ? partOf(target) : null;
      if (to !== null) {
        const allowed = to === part || to === 'src/errors' || MAY_IMPORT[part].includes(to);
        return allowed ? [] : [`${source.path} imports ${target}: ${part} may not import ${to}`];
      }
      const keeper = KEPT.find(({ packages }) =>
        packages.some((name) => target === name || target.startsWith(`${name}/`)),
      );
      return keeper && !keeper.by.includes(part)
        ? [`${source.path} imports ${target}, which is kept to ${keeper.by.join(', ')}`]
        : [];
    });
    return part !== 'src/config' && readsEnvironment(source)
      ? [...wrong, `${source.path} reads process.env, which src/config does alone`]
      : wrong;
  });
}

function readsEnvironment({ path, text }: Source): boolean {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const visit = (node: ts.Node): boolean =>
    (ts.isPropertyAccessExpression(node) &&
      node.name.text === 'env' &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === 'process') ||
    (ts.forEachChild(node, (child) => visit(child) || undefined) ?? false);
  return visit(file);
}

function program(): Source[] {
  return ['src', 'schema', 'resolvers', 'datasources'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({ path: relative(root, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }))
      .filter(({ path }) => !path.startsWith('schema/operations/')),
  );
}

test('every import goes the way of the table', () => {
  const sources = program();
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.flatMap(importsOf).length).toBeGreaterThan(sources.length);
  expect(violations(sources)).toEqual([]);
});

describe('a planted violation is found', () => {
  test.each([
    ['src/ir/x.ts', "import { a } from '../planner/bind.js';", 'src/ir may not import src/planner'],
    [
      'src/planner/x.ts',
      "import type { A } from '../../datasources/postgres/index.js';",
      'src/planner may not import datasources/postgres',
    ],
    [
      'datasources/postgres/x.ts',
      "export { a } from '../../src/planner/plan.js';",
      'datasources/postgres may not import src/planner',
    ],
    [
      'src/executor/x.ts',
      "const a = await import('../dataplane/compile.js');",
      'src/executor may not import src/dataplane',
    ],
    ['datasources/postgres/x.ts', "import pg from 'pg';", 'kept to src/postgres'],
    ['resolvers/x.ts', "import { Entity } from 'typeorm';", 'kept to src/catalog'],
    ['src/server/x.ts', "import { z } from 'zod/v4';", 'kept to src/config'],
    ['src/server/x.ts', "import { GraphiQL } from 'graphiql';", 'kept to src/playground'],
    [
      'src/playground/x.tsx',
      "import type { Plan } from '../planner/plan.js';",
      'src/playground may not import src/planner',
    ],
    ['src/server/x.ts', 'const port = process.env.PORT;', 'reads process.env'],
    ['src/elsewhere/x.ts', '', 'is in no part of the table'],
  ])('%s: %s', (path, text, message) => {
    expect(violations([{ path, text }])).toEqual([expect.stringContaining(message)]);
  });
});
