import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { cached, isCached } from './cache.js';
import { commandPath, run } from './command.js';
import { freePort, launch, logged, UNPRIVILEGED } from './process.js';
import type { Recipe } from './store.js';

/** The server, and the libraries that a machine without it may not have. apt checks what it downloads. */
const PACKAGES = ['mariadb-server-core', 'libaio1', 'libnuma1', 'liburing2', 'libpcre2-8-0'];
const CACHED = 'mariadb-10.11';
const USER = 'trainyard';

export const mariadb: Recipe = {
  lacking: () => {
    if (isCached(CACHED)) return null;
    const needs = 'MariaDB 10.11 is unpacked from the packages of Debian 12';
    const missing = ['apt-get', 'dpkg-deb'].find((command) => commandPath(command) === null);
    if (missing !== undefined) return `${needs}, and PATH has no ${missing}`;
    const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
    return /^VERSION_CODENAME=bookworm$/m.test(release) ? null : `${needs}, and this is another system`;
  },
  start: async (place) => {
    const home = await cached(CACHED, async (folder) => {
      await download(folder);
      for (const file of (await readdir(folder)).filter((name) => name.endsWith('.deb')))
        await run('dpkg-deb', ['-x', file, folder], folder);
    });
    const server = { program: join(home, 'usr', 'sbin', 'mariadbd'), env: await environment(home) };
    const data = join(place.folder, 'data');
    const password = randomBytes(18).toString('base64url');
    const users = join(place.folder, 'users.sql');
    await mkdir(data, { mode: 0o700 });
    await writeFile(users, userTexts(password).join('\n'), { mode: 0o600 });
    if (UNPRIVILEGED) for (const path of [data, users]) await chown(path, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
    const common = [
      '--no-defaults',
      ...(UNPRIVILEGED ? ['--user=nobody'] : []),
      `--basedir=${join(home, 'usr')}`,
      `--lc-messages-dir=${join(home, 'usr', 'share', 'mysql')}`,
      `--datadir=${data}`,
      '--innodb-buffer-pool-size=64M',
    ];
    await makeSystemTables(server, common, join(home, 'usr', 'share', 'mysql'));
    const port = await freePort();
    const launched = await launch(place, {
      command: server.program,
      env: server.env,
      args: [
        ...common,
        '--bind-address=127.0.0.1',
        `--port=${port}`,
        `--socket=${join(data, 'socket')}`,
        `--pid-file=${join(data, 'pid')}`,
        '--character-set-server=utf8mb4',
        '--skip-log-bin',
        `--init-file=${users}`,
      ],
    });
    const [, version] = await logged(launched, /ready for connections\.\s+Version: '([^']+)'/);
    return { url: `mysql://127.0.0.1:${port}/${USER}`, user: USER, password, pid: launched.pid, version: version! };
  },
};

/** A new machine has no lists of packages yet, and only root may get them. */
async function download(folder: string): Promise<void> {
  const get = (): Promise<void> => run('apt-get', ['-q', 'download', ...PACKAGES], folder);
  await get().catch(async (error: unknown) => {
    if (!UNPRIVILEGED) throw error;
    await run('apt-get', ['-q', 'update'], folder);
    await get();
  });
}

/** There is no other user than this one. */
function userTexts(password: string): string[] {
  return [
    `create database ${USER};`,
    `create user ${USER}@'%' identified by '${password}';`,
    `grant all on *.* to ${USER}@'%' with grant option;`,
  ];
}

async function environment(home: string): Promise<NodeJS.ProcessEnv> {
  const folders = await Promise.all(
    [join(home, 'lib'), join(home, 'usr', 'lib')].map(async (lib) =>
      existsSync(lib) ? (await readdir(lib)).map((name) => join(lib, name)) : [],
    ),
  );
  return { ...process.env, LD_LIBRARY_PATH: folders.flat().join(':') };
}

async function makeSystemTables(
  { program, env }: { program: string; env: NodeJS.ProcessEnv },
  common: readonly string[],
  texts: string,
): Promise<void> {
  const child = spawn(program, [...common, '--bootstrap', '--log-warnings=0'], {
    env,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  // A server that ends early closes its input; its status tells.
  child.stdin.on('error', () => undefined);
  const said = text(child.stderr);
  child.stdin.write('create database mysql;\nuse mysql;\n');
  for (const name of ['mysql_system_tables.sql', 'mysql_performance_tables.sql'])
    child.stdin.write(await readFile(join(texts, name)));
  child.stdin.end();
  const [status] = await once(child, 'exit');
  if (status !== 0) throw new Error(`its system tables cannot be made: ${(await said).slice(-2_000)}`);
}
