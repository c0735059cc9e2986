import { chown, lstat, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GatewayError } from '../../errors.js';

/** Who a file or a process belongs to, where that is not whoever runs the gateway. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Whether there is something at this path; fails where that may not be known. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Whether everybody may enter every folder on the way. */
export async function canEnter(path: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    const { mode } = await stat(at);
    if ((mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/**
 * A folder at a place where others may write too, such as /tmp: ours and writable by nobody else, or the gateway does not
 * use it. `owner` gets it.
 */
export async function ownFolder(path: string, mode: number, owner: Owner | null): Promise<void> {
  try {
    await mkdir(path, { mode });
    if (owner) await chown(path, owner.uid, owner.gid);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  const found = await lstat(path);
  const wanted = owner?.uid ?? process.geteuid?.() ?? found.uid;
  if (found.isDirectory() && found.uid === wanted && (found.mode & 0o022) === 0) return;
  throw new GatewayError(
    'CONFLICT',
    `${path} belongs to somebody else, who may have put anything there; remove it, or set TMPDIR to another folder`,
  );
}

export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

const SENTENCES: Readonly<Record<string, string>> = {
  EACCES: 'may not be read or written by this user',
  EPERM: 'belongs to another user',
  ENOSPC: 'is on a disk that is full',
  EDQUOT: 'is on a disk whose quota is used up',
  EROFS: 'is on a disk that cannot be written',
  ENOTDIR: 'is not a folder',
};

/** What PostgreSQL's programs say of the same. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/No space left on device/i, 'is on a disk that is full'],
  [/Disk quota exceeded/i, 'is on a disk whose quota is used up'],
  [/Read-only file system/i, 'is on a disk that cannot be written'],
  [/wrong ownership/i, 'belongs to another user'],
  [/Permission denied/i, 'may not be read or written by the user that PostgreSQL runs as'],
  [/is not compatible with this version/i, 'was made by another version of PostgreSQL'],
];

export function sentenceOf(said: string): string | null {
  return WORDS.find(([pattern]) => pattern.test(said))?.[1] ?? null;
}

/** An error of the file system, or of a program that met one, as a sentence about the data folder. */
export function explain(error: unknown, dataDir: string): unknown {
  const { stderr } = (error ?? {}) as { stderr?: unknown };
  const sentence = SENTENCES[codeOf(error) ?? ''] ?? (typeof stderr === 'string' ? sentenceOf(stderr) : null);
  return sentence
    ? new GatewayError('CONFLICT', `the data folder ${dataDir} ${sentence}`, {}, { cause: error })
    : error;
}
