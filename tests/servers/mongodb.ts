import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached, isCached } from './cache.js';
import { run } from './command.js';
import { javaTool, lackingJava, SMALL } from './java.js';
import { fetchJars, lackingMaven } from './maven.js';
import { launch, logged } from './process.js';
import type { Recipe } from './store.js';

const VERSION = '1.47.0';
const ARTEFACTS = [`de.bwaldvogel:mongo-java-server:${VERSION}`, 'org.slf4j:slf4j-nop:2.0.17'];
/** Of the lines `sha256  name` of all jars, in the order of their names. */
const SHA256 = '2bc46998cc9628b5fd78c9d10213fcf41193ceb6fef906d1b7a5ac367065ad09';

const SOURCE = fileURLToPath(new URL('mongodb/WireServer.java', import.meta.url));
const CACHED = `mongo-java-server-${VERSION}-${createHash('sha256').update(SHA256).update(readFileSync(SOURCE)).digest('hex').slice(0, 8)}`;
const NAME = 'the MongoDB wire server';

/** The wire protocol of MongoDB in memory, by a server that knows part of its language. It is not MongoDB. */
export const mongodb: Recipe = {
  lacking: () =>
    isCached(CACHED) ? lackingJava(NAME, 17, []) : (lackingJava(NAME, 17, ['javac']) ?? lackingMaven(NAME)),
  start: async (place) => {
    const home = await cached(CACHED, async (folder) => {
      await fetchJars(ARTEFACTS, folder, SHA256);
      await run(javaTool('javac'), ['-cp', join(folder, 'lib', '*'), '-d', join(folder, 'classes'), SOURCE], folder);
    });
    const classes = [join(home, 'classes'), join(home, 'lib', '*')].join(delimiter);
    const server = await launch(place, {
      command: javaTool('java'),
      args: ['-Xmx256m', ...SMALL, '-cp', classes, 'WireServer'],
    });
    const [, port] = await logged(server, /^port (\d+)$/m);
    return {
      url: `mongodb://127.0.0.1:${port}`,
      user: null,
      password: null,
      pid: server.pid,
      version: `mongo-java-server ${VERSION}`,
    };
  },
};
