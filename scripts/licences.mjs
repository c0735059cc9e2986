// Writes docs/licences.md: what the program stands on, from package.json and the lock file.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';

const root = new URL('../', import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, root), 'utf8'));

/** The page as it is to be. */
export function licences() {
  const { packages } = read('package-lock.json');
  const { dependencies, optionalDependencies, devDependencies } = read('package.json');
  const table = (named) => [
    '| package | version | licence |',
    '| --- | --- | --- |',
    ...Object.keys(named).map((name) => {
      const { version, license } = packages[`node_modules/${name}`];
      return `| \`${name}\` | ${version} | ${license ?? 'not said'} |`;
    }),
  ];
  const counts = new Map();
  for (const [path, { dev, license = 'not said' }] of Object.entries(packages)) {
    if (path !== '' && !dev) counts.set(license, (counts.get(license) ?? 0) + 1);
  }
  const all = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const text = [
    '# Licences',
    '',
    'Trainyard itself is under the [MIT licence](../LICENSE). `npm run docs` writes this page from `package-lock.json`.',
    '',
    '## What it runs on',
    ...['', ...table(dependencies), ''],
    'Of the embedded PostgreSQL (PostgreSQL Licence) the package of the present platform is installed:',
    ...['', ...table(optionalDependencies), ''],
    `Everything that is installed with them, by licence: ${all.map(([name, n]) => `${name} (${n})`).join(', ')}.`,
    '',
    '## What the playground is made of',
    '',
    'The files of the playground are made of these, as far as it uses them; the texts of their licences are served beside it:',
    ...['', ...bundled(packages), ''],
    'Its fonts are Roboto (Apache-2.0) and Fira Code (OFL-1.1), by way of `@graphiql/react`, and Codicons (CC-BY-4.0), by way of',
    '`monaco-editor`. `monaco-editor` holds DOMPurify (MPL-2.0 or Apache-2.0; used under the latter) and marked (MIT).',
    '',
    '## What it is built and tested with',
    ...['', ...table(devDependencies), ''],
    '## Data',
    '',
    'The demo is made of files of the npm package `vega-datasets`, whose code and packaging are under BSD-3-Clause:',
    '',
    ...demoFiles(),
    '',
  ].join('\n');
  return format(text, { singleQuote: true, printWidth: 120, trailingComma: 'all', parser: 'markdown' });
}

/** What src/playground imports. */
const PLAYGROUND = ['graphiql', '@graphiql/react', '@graphiql/toolkit', 'graphql', 'graphql-ws', 'react', 'react-dom'];

/** These packages and all that they depend on, each version once. */
function bundled(packages) {
  const found = new Set();
  const add = (name, from) => {
    const path = resolve(packages, name, from);
    if (path === null || found.has(path)) return;
    found.add(path);
    const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = packages[path];
    const peers = Object.keys(peerDependencies).filter((each) => !peerDependenciesMeta[each]?.optional);
    for (const each of [...Object.keys(dependencies), ...peers]) if (!each.startsWith('@types/')) add(each, path);
  };
  for (const name of PLAYGROUND) add(name, '');
  const rows = [...found].map((path) => {
    const { version, license } = packages[path];
    return `| \`${path.replace(/^.*node_modules\//, '')}\` | ${version} | ${license ?? 'not said'} |`;
  });
  return ['| package | version | licence |', '| --- | --- | --- |', ...[...new Set(rows)].sort()];
}

/** Where Node finds a package that another one, at `from`, imports. */
function resolve(packages, name, from) {
  for (let folder = from; ; folder = folder.replace(/\/?node_modules\/(?:@[^/]+\/)?[^/]+$/, '')) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (packages[path]) return path;
    if (folder === '') return null;
  }
}

/** What the package says of the files themselves. */
function demoFiles() {
  const { resources } = read('node_modules/vega-datasets/datapackage.json');
  const files = [
    ...['airports.csv', 'flights-20k.json', 'birdstrikes.csv', 'flights-airport.csv', 'movies.json'],
    'flights-3m.parquet',
  ];
  return files.map((path) => {
    const { sources = [], licenses = [] } = resources.find((resource) => resource.path === path);
    if (sources.length + licenses.length === 0)
      return `- \`${path}\`: the package names neither where it is from nor a licence.`;
    const linked = (named) => named.map(({ title, path: url }) => (url ? `[${title}](${url})` : title)).join(', ');
    // A source that is there with a link and without one is one source.
    const from = linked(
      sources.filter(({ title, path: url }) => url || !sources.some((s) => s.path && s.title === title)),
    );
    const under = linked(licenses);
    return `- \`${path}\`${from && ` from ${from}`}${under && `: ${under}`}.`;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('docs/licences.md', root), await licences());
}
