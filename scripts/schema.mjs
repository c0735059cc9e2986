// Writes schema/control-plane.graphql, the part that is the same over every source, and schema/demo.graphql, the whole
// schema over the demo's sources. Wants a build.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { printControlPlane } from '../dist/resolvers/schema.js';

const root = fileURLToPath(new URL('..', import.meta.url));
// The environment's own config and database stay out: this is the demo's schema.
const env = { ...process.env };
for (const name of ['DATABASE_URL', 'TRAINYARD_CONFIG', 'TRAINYARD_CATALOG_URL']) delete env[name];
const { status, stdout } = spawnSync(process.execPath, ['dist/src/cli/main.js', 'schema', 'print'], {
  cwd: root,
  env,
  encoding: 'utf8',
  maxBuffer: 1e9,
  stdio: ['ignore', 'pipe', 'inherit'],
});
if (status !== 0) process.exit(status ?? 1);
writeFileSync(new URL('../schema/demo.graphql', import.meta.url), stdout);
writeFileSync(new URL('../schema/control-plane.graphql', import.meta.url), await printControlPlane());
