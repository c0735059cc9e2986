// Compiles to dist/ and bundles the playground to dist/playground. `--if-stale` compiles nothing while no source is newer than
// the last build; the playground is made again only when what it is made of has changed.
// Runs under any Node that npm runs under, so that `npm install` works wherever npm does.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'dist', '.built');
const inputs = ['src', 'schema', 'resolvers', 'datasources', 'tsconfig.json', 'package.json'].map((name) =>
  join(root, name),
);
const bundler = join(root, 'scripts', 'build-playground.mjs');
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

function newest(path) {
  if (!existsSync(path)) return 0;
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return path.endsWith('.graphql') ? 0 : mtimeMs;
  if (path.endsWith('playground')) return 0;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), mtimeMs);
}

const fresh = existsSync(stamp) && inputs.every((path) => newest(path) <= statSync(stamp).mtimeMs);
const bundle = () => spawnSync(process.execPath, [bundler], { cwd: root, stdio: 'inherit' }).status ?? 1;
const canBundle = existsSync(join(root, 'node_modules', 'esbuild'));
if (process.argv.includes('--if-stale') && fresh) process.exit(canBundle ? bundle() : 0);

if (!existsSync(compiler)) {
  console.error('trainyard: typescript is not installed (devDependencies were left out); dist/ is used as it is');
  process.exit(existsSync(stamp) || process.env.npm_lifecycle_event === 'prepare' ? 0 : 1);
}

const started = Date.now();
const startedAt = new Date(started);
mkdirSync(join(root, 'dist'), { recursive: true });
for (const name of readdirSync(join(root, 'dist')).filter((each) => each !== 'playground'))
  rmSync(join(root, 'dist', name), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.json')], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);
const bundled = bundle();
if (bundled !== 0) process.exit(bundled);
writeFileSync(stamp, `${startedAt.toISOString()}\n`);
console.error(`trainyard: built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
