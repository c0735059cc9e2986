import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { commandPath, run } from './command.js';

const DEPENDENCY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';

export function lackingMaven(store: string): string | null {
  return commandPath('mvn') === null ? `${store} is downloaded by Maven, and PATH has no mvn` : null;
}

/** Puts artefacts (`group:name:version`) and all that they need to run into `folder/lib`. */
export async function fetchJars(artefacts: readonly string[], folder: string, sha256: string): Promise<void> {
  const dependencies = artefacts.map((artefact) => {
    const [group, name, version] = artefact.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`;
  });
  const pom = join(folder, 'pom.xml');
  await writeFile(
    pom,
    `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>trainyard.tests</groupId><artifactId>server</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    ${dependencies.join('\n    ')}
  </dependencies>
</project>
`,
  );
  const lib = join(folder, 'lib');
  await maven(folder, [
    '-f',
    pom,
    `${DEPENDENCY}:copy-dependencies`,
    '-DincludeScope=runtime',
    `-DoutputDirectory=${lib}`,
  ]);
  const names = (await readdir(lib)).sort();
  const sums = await Promise.all(names.map(async (name) => `${await sha256Of(join(lib, name))}  ${name}\n`));
  expectSum(createHash('sha256').update(sums.join('')).digest('hex'), sha256, artefacts.join(', '));
}

/** Puts one file (`group:name:version:type`) into the folder and answers its path. */
export async function fetchFile(artefact: string, folder: string, sha256: string): Promise<string> {
  const [, name, version, type] = artefact.split(':');
  await maven(folder, [`${DEPENDENCY}:copy`, `-Dartifact=${artefact}`, `-DoutputDirectory=${folder}`]);
  const file = join(folder, `${name}-${version}.${type}`);
  expectSum(await sha256Of(file), sha256, artefact);
  return file;
}

/** With a repository of its own, so that nothing large stays in the user's. */
async function maven(folder: string, args: readonly string[]): Promise<void> {
  const repository = join(folder, 'repository');
  await run('mvn', ['-q', '-B', `-Dmaven.repo.local=${repository}`, ...args], folder);
  await rm(repository, { recursive: true, force: true });
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function expectSum(found: string, expected: string, what: string): void {
  if (found !== expected) throw new Error(`${what}: what was downloaded has the sum ${found}, not ${expected}`);
}
