import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const REQUIREMENTS = 'tests/parity/requirements.txt';

/** The packages of requirements.txt in a folder of their own, fetched once; null, with a sentence, where there is no Python. */
function packages(): string | null {
  const version = spawnSync('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
    encoding: 'utf8',
  });
  if (version.status !== 0) {
    const message = 'parity tests need python3 with pip, and find none';
    if (process.env['CI'] === 'true') throw new Error(message);
    console.warn(`${message}: they are left out`);
    return null;
  }
  const cache = process.env['TRAINYARD_TESTS_CACHE'] ?? join(homedir(), '.cache', 'trainyard-tests');
  const id = createHash('sha256').update(version.stdout).update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 16);
  const folder = join(cache, `python-${id}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const beside = `${folder}.${process.pid}`;
  execFileSync(
    'python3',
    [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-warn-conflicts',
      '--root-user-action=ignore',
      '--target',
      beside,
      '--requirement',
      REQUIREMENTS,
    ],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  try {
    renameSync(beside, folder);
  } catch {
    // Another run was quicker.
    rmSync(beside, { recursive: true, force: true });
  }
  return folder;
}

/** Runs a script over lines of JSON; null where there is no Python. */
export function askPython(script: string, args: readonly string[], questions: readonly unknown[]): unknown[] | null {
  const folder = packages();
  if (folder === null) return null;
  const out = execFileSync('python3', [script, ...args], {
    input: questions.map((each) => `${JSON.stringify(each)}\n`).join(''),
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: folder },
    maxBuffer: 1 << 28,
  });
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}
