// The folder for the servers that tests start (tests/servers). Whoever opens it first ends them; a run inside of another
// one shares its servers.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const guard = join(dirname(dirname(fileURLToPath(import.meta.url))), 'tests', 'servers', 'guard.sh');

export function openServerFolder() {
  const given = process.env.TRAINYARD_TEST_SERVERS;
  if (given !== undefined) return { folder: given, end: () => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-servers-'));
  // Some servers do not run as root: they must come through.
  chmodSync(folder, 0o711);
  mkdirSync(join(folder, 'groups'));
  writeFileSync(join(folder, 'owner'), String(process.pid));
  return { folder, end: () => void spawnSync('sh', [guard, folder], { stdio: 'inherit' }) };
}
