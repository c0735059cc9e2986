// Bundles src/playground to dist/playground: files named by their content, each with its brotli and gzip forms beside it, and
// manifest.json, from which the gateway knows them. Does nothing while what it is made of is as it was.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { fonts } from './bundle-fonts.mjs';
import { notices, packagesOf } from './bundle-notices.mjs';
import { readOperations } from './operations.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'dist', 'playground');
const next = join(root, 'dist', `.playground-${process.pid}`);
const [brotli, zip] = [promisify(brotliCompress), promisify(gzip)];

const TYPES = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.ttf': 'font/ttf',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/** Everything that the bundle is made of: ours, the examples, and the lock file for what is not ours. */
function fingerprint() {
  const files = ['src/playground', 'schema/operations', 'scripts'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/')),
  );
  const made = files.filter((path) => /playground|operations.*(graphql|mjs)$|bundle-/.test(path)).sort();
  const hash = createHash('sha256');
  for (const path of [...made, 'package-lock.json']) hash.update(`${path}\n`).update(readFileSync(join(root, path)));
  return hash.digest('hex');
}

function manifestOf(folder) {
  const path = join(folder, 'manifest.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}

const COMMON = {
  bundle: true,
  minify: true,
  absWorkingDir: root,
  outdir: next,
  metafile: true,
  target: 'es2022',
  legalComments: 'none',
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"' },
};

const WORKERS = {
  editor: 'monaco-editor/esm/vs/editor/editor.worker.js',
  json: 'monaco-editor/esm/vs/language/json/json.worker.js',
  graphql: 'monaco-graphql/esm/graphql.worker.js',
};

async function bundle() {
  const workers = await build({
    ...COMMON,
    entryPoints: Object.entries(WORKERS).map(([out, path]) => ({ in: path, out })),
    entryNames: '[name].worker-[hash]',
    format: 'iife',
  });
  const named = outputsOf(workers.metafile);
  const workerNames = Object.fromEntries(
    Object.keys(WORKERS).map((name) => [name, named.find((file) => file.startsWith(`${name}.worker-`))]),
  );
  const page = await build({
    ...COMMON,
    entryPoints: [{ in: 'src/playground/main.tsx', out: 'playground' }],
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    format: 'esm',
    splitting: true,
    jsx: 'automatic',
    loader: { '.ttf': 'file' },
    plugins: [fonts],
    // By their old names these are scripts for pages, whose parts a module cannot import by name.
    alias: {
      'prettier/parser-graphql': 'prettier/plugins/graphql',
      'prettier/parser-babel': 'prettier/plugins/babel',
    },
    define: {
      ...COMMON.define,
      WORKERS: JSON.stringify(workerNames),
      EXAMPLES: JSON.stringify(readOperations()),
    },
  });
  const entry = Object.entries(page.metafile.outputs).find(
    ([, { entryPoint }]) => entryPoint === 'src/playground/main.tsx',
  );
  const inputs = [...Object.keys(workers.metafile.inputs), ...Object.keys(page.metafile.inputs)];
  return {
    script: relative(next, join(root, entry[0])),
    style: relative(next, join(root, entry[1].cssBundle)),
    packages: packagesOf(inputs),
  };
}

function outputsOf(metafile) {
  return Object.keys(metafile.outputs).map((path) => relative(next, join(root, path)));
}

/** Compressing costs more than bundling: what was compressed before, under the same name, is taken over. */
async function compress(name) {
  const path = join(next, name);
  const body = readFileSync(path);
  const forms = { br: null, gz: null };
  if (!extname(name).startsWith('.woff')) {
    for (const [ending, make] of Object.entries({
      br: () => brotli(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
      gz: () => zip(body, { level: 9 }),
    })) {
      const old = join(out, `${name}.${ending}`);
      const made = existsSync(old) ? readFileSync(old) : await make();
      writeFileSync(`${path}.${ending}`, made);
      forms[ending] = made.length;
    }
  }
  return { name, type: TYPES[extname(name)], bytes: body.length, ...forms };
}

/** Another may have built the same at the same time; then that one's stays. */
function put() {
  try {
    rmSync(out, { recursive: true, force: true });
    renameSync(next, out);
  } catch (error) {
    if (manifestOf(out)?.made !== made) throw error;
  }
}

const started = Date.now();
const made = fingerprint();
if (manifestOf(out)?.made === made) process.exit(0);
rmSync(next, { recursive: true, force: true });
mkdirSync(next, { recursive: true });
try {
  const { script, style, packages } = await bundle();
  const text = notices(packages);
  const licences = `licences-${createHash('sha256').update(text).digest('hex').slice(0, 8)}.txt`;
  writeFileSync(join(next, licences), text);
  // Each part that is loaded later has styles of its own beside it; the page's hold them all.
  for (const name of readdirSync(next)) if (extname(name) === '.css' && name !== style) rmSync(join(next, name));
  const files = await Promise.all(readdirSync(next).map(compress));
  writeFileSync(
    join(next, 'manifest.json'),
    `${JSON.stringify({ made, script, style, licences, packages: [...new Set(packages.map(({ name }) => name))], files }, null, 1)}\n`,
  );
  put();
  console.error(`trainyard: the playground was built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
} finally {
  rmSync(next, { recursive: true, force: true });
}
