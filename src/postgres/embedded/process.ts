import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** When a process started, in the system's own words; empty where there is none. A process number comes again, the two together do not. */
export async function startOf(pid: number): Promise<string> {
  const proc = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (proc !== null) return proc.slice(proc.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return ps('lstart=', pid);
}

/** The command line of a process; empty where there is none. */
export async function commandOf(pid: number): Promise<string> {
  const proc = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null);
  return proc === null ? ps('command=', pid) : proc.replaceAll('\0', ' ');
}

function ps(column: string, pid: number): Promise<string> {
  return run('ps', ['-o', column, '-p', String(pid)]).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
}
