import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commandPath, isExecutable } from './command.js';

/** What every Java server here is started with: small, and soon up. */
export const SMALL = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

const majors = new Map<string, number | null>();

/** The `bin` folder of the first of these homes that holds a Java, else of the one in PATH; null when there is none. */
function javaBin(homes: readonly (string | undefined)[]): string | null {
  const bins = homes.filter((home) => home !== undefined && home !== '').map((home) => join(home!, 'bin'));
  const inPath = commandPath('java');
  if (inPath !== null) bins.push(dirname(realpathSync(inPath)));
  return bins.find((bin) => isExecutable(join(bin, 'java'))) ?? null;
}

/** A tool of the Java that servers run on. `lackingJava` tells first whether there is one. */
export function javaTool(tool: 'java' | 'javac' | 'jar', home?: string): string {
  const bin = javaBin([home, process.env.JAVA_HOME]);
  if (bin === null) throw new Error('there is no Java');
  return join(bin, tool);
}

/** Which Java is missing for a store, in one sentence; `tools` are those that only a development kit has. */
export function lackingJava(
  store: string,
  least: number,
  tools: readonly ('javac' | 'jar')[],
  home?: string,
): string | null {
  const bin = javaBin([home, process.env.JAVA_HOME]);
  const needs = `${store} needs Java ${least} or newer`;
  if (bin === null) return `${needs}, and neither JAVA_HOME nor PATH leads to one`;
  const major = majorOf(join(bin, 'java'));
  if (major === null || major < least) return `${needs}, and ${bin} holds ${major === null ? 'none that runs' : major}`;
  const missing = tools.find((tool) => !isExecutable(join(bin, tool)));
  return missing === undefined ? null : `${needs} with its development tools, and ${bin} has no ${missing}`;
}

function majorOf(java: string): number | null {
  if (!majors.has(java)) {
    const { stderr } = spawnSync(java, ['-version'], { encoding: 'utf8' });
    const found = /version "(\d+)/.exec(stderr ?? '');
    majors.set(java, found ? Number(found[1]) : null);
  }
  return majors.get(java) ?? null;
}
