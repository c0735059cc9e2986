import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GatewayError } from '../../errors.js';
import { codeOf, exists } from './files.js';
import type { Quarters } from './quarters.js';

const run = promisify(execFile);

/** The password of the server's only role: random, and readable by whoever runs the gateway alone. */
export async function passwordOf(dataDir: string): Promise<string> {
  const file = join(dataDir, 'postgres.password');
  if (!(await exists(file))) await writeFile(file, randomBytes(24).toString('hex'), { mode: 0o600, flag: 'wx' });
  return readFile(file, 'utf8');
}

/** Makes the server's files when there are none. Made beside and moved there whole: a kill leaves nothing that looks like them. */
export async function ensureCluster(
  binaries: string,
  { cluster, owner }: Quarters,
  password: string,
  onProgress: (message: string) => void,
): Promise<void> {
  if (await exists(join(cluster, 'PG_VERSION'))) return;
  onProgress('initialising the embedded PostgreSQL');
  const draft = `${cluster}.new`;
  const passwordFile = `${cluster}.initdb`;
  await rm(draft, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  try {
    await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' });
    await mkdir(draft, { mode: 0o700 });
    if (owner) for (const path of [passwordFile, draft]) await chown(path, owner.uid, owner.gid);
    const args = ['-D', draft, '-U', 'trainyard', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8'];
    const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
    await run(join(binaries, 'bin', 'initdb'), [...args, ...locale], { ...(owner ?? {}), cwd: '/' });
    // Takes the place of an empty folder, never of one that has something in it.
    await rename(draft, cluster);
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => undefined);
    if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error;
    throw new GatewayError(
      'CONFLICT',
      `${cluster} is not empty and not PostgreSQL's; move it, or choose another --data-dir`,
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** The number of the process that the files say runs on them; it may be gone, or be another's by now. */
export async function postmasterPid(cluster: string): Promise<number | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => null);
  const pid = Number(text?.split('\n')[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : null;
}

/** The end of the server's log, where it says why it did not start. */
export async function failureOf(log: string, from: number): Promise<GatewayError> {
  const said = await readFile(log).then(
    (bytes) => bytes.subarray(from).toString(),
    () => '',
  );
  const lines = said.split('\n').filter((line) => /\b(?:FATAL|PANIC|ERROR):/.test(line));
  const reason = lines.at(-1)?.replace(/^.*?\b(?:FATAL|PANIC|ERROR):\s*/, '');
  return new GatewayError(
    'STORE_UNAVAILABLE',
    `the embedded PostgreSQL did not start${reason === undefined ? '' : `: ${reason}`}; its log is ${log}`,
    {},
    { cause: Object.assign(new Error('the server ended'), { stderr: said }) },
  );
}
