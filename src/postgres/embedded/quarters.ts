import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canEnter, exists, ownFolder, type Owner } from './files.js';

/** Where the server's files lie, and as whom it runs. */
export interface Quarters {
  readonly cluster: string;
  readonly sockets: string;
  /** null: as whoever runs the gateway. */
  readonly owner: Owner | null;
}

/** PostgreSQL refuses to run as root: then it runs as this user, who owns nothing else, or as whoever has the files already. */
const UNPRIVILEGED: Owner = { uid: 65_534, gid: 65_534 };
/** A place that everybody may enter, for the files of a gateway of root whose data folder is not. */
const OUTSIDE = '/var/lib/trainyard';
/** What an address of a Unix socket can hold, less the name of the socket. */
const LONGEST_SOCKET_FOLDER = 103 - '/.s.PGSQL.5432'.length;

export async function openQuarters(
  dataDir: string,
  onProgress: (message: string) => void,
  outside = OUTSIDE,
): Promise<Quarters> {
  const isRoot = process.geteuid?.() === 0;
  const base = isRoot ? await enterable(dataDir, outside, onProgress) : dataDir;
  const cluster = join(base, 'postgres');
  const owner = isRoot ? await ownerOf(cluster) : null;
  const sockets = await socketFolder(base, owner);
  return { cluster, sockets, owner };
}

async function ownerOf(cluster: string): Promise<Owner> {
  if (!(await exists(cluster))) return UNPRIVILEGED;
  const { uid, gid } = await stat(cluster);
  return uid === 0 ? UNPRIVILEGED : { uid, gid };
}

/** A folder of ours, or one that is empty, may be opened to those who only pass; somebody else's stays as it is. */
async function openToPass(dataDir: string): Promise<void> {
  const names = await readdir(dataDir);
  if (names.every((name) => name.endsWith('.lock')) || names.includes('postgres.password')) await chmod(dataDir, 0o711);
}

/** The data folder itself where the server's user may enter it; otherwise a folder outside, which a file in it names. */
async function enterable(dataDir: string, outside: string, onProgress: (message: string) => void): Promise<string> {
  const note = join(dataDir, 'postgres.place');
  if (await exists(note)) return (await readFile(note, 'utf8')).trim();
  await openToPass(dataDir);
  if ((await canEnter(dataDir)) || (await exists(join(dataDir, 'postgres')))) return dataDir;
  const place = join(outside, randomBytes(8).toString('hex'));
  await mkdir(outside, { recursive: true, mode: 0o755 });
  await ownFolder(outside, 0o755, null);
  await mkdir(place, { mode: 0o711 });
  await writeFile(note, `${place}\n`);
  onProgress(`PostgreSQL does not run as root and others may not enter ${dataDir}: its files are in ${place}`);
  return place;
}

/** Under the base, or, where that is too long for a socket, in the folder for temporary files under a name made of it. */
async function socketFolder(base: string, owner: Owner | null): Promise<string> {
  const wanted = join(base, 'run');
  if (Buffer.byteLength(wanted) > LONGEST_SOCKET_FOLDER) {
    const short = join(tmpdir(), `trainyard-${createHash('sha256').update(base).digest('hex').slice(0, 16)}`);
    await ownFolder(short, 0o700, owner);
    return short;
  }
  await mkdir(wanted, { recursive: true, mode: 0o700 });
  if (owner) await chown(wanted, owner.uid, owner.gid);
  return wanted;
}
