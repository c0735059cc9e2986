import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import neo4jDriver from 'neo4j-driver';
import { cached, isCached } from './cache.js';
import { javaTool, lackingJava, SMALL } from './java.js';
import { fetchJars, lackingMaven } from './maven.js';
import { freePort, launch, logged } from './process.js';
import type { Recipe } from './store.js';

const VERSION = '5.26.30';
/** The server, and the storage engines and procedures that it does not bring itself. */
const ARTEFACTS = [`org.neo4j.app:neo4j-server:${VERSION}`, `org.neo4j:neo4j:${VERSION}`];
/** Of the lines `sha256  name` of all jars, in the order of their names. */
const SHA256 = '22a9a9173fbbd3fa1ebf43b751c3ad9687b1b6984c825a628bcab49e9dc22de9';

const CACHED = `neo4j-${VERSION}-${SHA256.slice(0, 8)}`;
const NAME = 'Neo4j';
const USER = 'neo4j';

/** What the server's own start script opens of the platform. */
const OPENED = ['java.nio', 'java.io', 'sun.nio.ch', 'java.util.concurrent'];

export const neo4j: Recipe = {
  lacking: () => lackingJava(NAME, 17, []) ?? (isCached(CACHED) ? null : lackingMaven(NAME)),
  start: async (place) => {
    const home = await cached(CACHED, (folder) => fetchJars(ARTEFACTS, folder, SHA256));
    const configuration = join(place.folder, 'conf');
    const port = await freePort();
    await mkdir(configuration);
    await writeFile(join(configuration, 'neo4j.conf'), settings(port));
    const server = await launch(place, {
      command: javaTool('java'),
      args: [
        '-Xms128m',
        '-Xmx512m',
        ...SMALL,
        ...OPENED.map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
        '-Dio.netty.tryReflectionSetAccessible=true',
        '-Dlog4j2.disable.jmx=true',
        '-Dfile.encoding=UTF-8',
        '-cp',
        join(home, 'lib', '*'),
        'org.neo4j.server.CommunityEntryPoint',
        `--home-dir=${place.folder}`,
        `--config-dir=${configuration}`,
        '--console-mode',
      ],
    });
    await logged(server, /Started\.$/m);
    const url = `bolt://127.0.0.1:${port}`;
    const password = randomBytes(18).toString('base64url');
    return { url, user: USER, password, pid: server.pid, version: await opened(url, password) };
  },
};

function settings(port: number): string {
  return `server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:${port}
server.bolt.advertised_address=127.0.0.1:${port}
server.http.enabled=false
server.https.enabled=false
server.memory.pagecache.size=64m
dbms.security.auth_enabled=true
dbms.usage_report.enabled=false
db.tx_log.preallocate=false
internal.server.bolt.thread_pool_shutdown_wait_time=1s
internal.server.bolt.connection_shutdown_wait_time=1s
`;
}

/** Gives the user of a new server, which lets nobody do anything else before, its password; answers the version. */
async function opened(url: string, password: string): Promise<string> {
  const old = 'neo4j';
  const first = neo4jDriver.driver(url, neo4jDriver.auth.basic(USER, old));
  try {
    const text = 'ALTER CURRENT USER SET PASSWORD FROM $old TO $password';
    await first.executeQuery(text, { old, password }, { database: 'system' });
  } finally {
    await first.close();
  }
  const driver = neo4jDriver.driver(url, neo4jDriver.auth.basic(USER, password));
  try {
    const { records } = await driver.executeQuery(
      'CALL dbms.components() YIELD versions RETURN versions[0] AS version',
    );
    return String(records[0]?.get('version'));
  } finally {
    await driver.close();
  }
}
