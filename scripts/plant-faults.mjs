// Plants the faults of faults.mjs one by one in a copy of the tree and runs the suites that should notice each.
// Arguments choose faults by a part of their names. Exit code 1 when one goes unnoticed.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FAULTS } from './faults.mjs';
import { openServerFolder } from './test-servers.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const LEFT_OUT = new Set(['node_modules', '.git', 'dist', 'coverage']);

/** @returns {Promise<{ name: string, file: string, caught: boolean, by: string, seconds: number }[]>} */
export async function plantFaults(faults, tell = () => undefined) {
  const copy = mkdtempSync(join(tmpdir(), 'trainyard-faults-'));
  const servers = openServerFolder();
  const place = { copy, servers: servers.folder };
  try {
    cpSync(root, copy, { recursive: true, filter: (path) => dirname(path) !== root || !LEFT_OUT.has(basename(path)) });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const suites = [...new Set(faults.flatMap((fault) => fault.suites))];
    const passed = new Map();
    for (const suite of suites) passed.set(suite, await passedWithout(place, suite));
    const unseen = faults.find((fault) => fault.suites.every((suite) => passed.get(suite) === 0));
    if (unseen) throw new Error(`${unseen.name}: nothing runs in ${unseen.suites.join(', ')}`);
    const all = [];
    for (const fault of faults) {
      const began = Date.now();
      const result = await plant(place, fault);
      const told = { ...result, name: fault.name, file: fault.file, seconds: (Date.now() - began) / 1000 };
      tell(told);
      all.push(told);
    }
    return all;
  } finally {
    servers.end();
    rmSync(copy, { recursive: true, force: true });
  }
}

/** How many tests of a suite pass without any fault: none where its server cannot be had. */
async function passedWithout(place, suite) {
  const { failed, passed, broken, output } = await run(place, [suite]);
  if (failed.length === 0 && !broken) return passed;
  throw new Error(`${suite} fails without any fault: ${failed.join('; ') || output}`);
}

/** Noticed means that a test failed: a suite that cannot be loaded proves nothing. */
async function plant(place, { name, file, find, replace, suites }) {
  const path = join(place.copy, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(find).length !== 2) {
    throw new Error(`${name}: the text to replace must stand once in ${file}: ${find}`);
  }
  writeFileSync(
    path,
    text.replace(find, () => replace),
  );
  try {
    const { failed, broken } = await run(place, suites);
    const by = failed[0] ?? (broken ? 'not noticed: the suite could not be loaded' : 'not noticed');
    return { caught: failed.length > 0, by };
  } finally {
    writeFileSync(path, text);
  }
}

async function run({ copy, servers }, suites) {
  const jest = join(copy, 'node_modules', 'jest', 'bin', 'jest.js');
  const own = join(copy, 'node_modules', '.bin', 'node');
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  const environment = join(copy, 'scripts', 'first-failure.mjs');
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest];
  const flags = ['--runInBand', '--bail=1', `--testEnvironment=${environment}`, '--json', `--outputFile=${report}`];
  const stderr = await outputOf(existsSync(own) ? own : process.execPath, [...node, ...flags, ...suites], {
    cwd: copy,
    encoding: 'utf8',
    env: {
      ...process.env,
      SEED: process.env.SEED ?? '1',
      CASES: 'ci',
      CONFORMANCE_REPORT: join(copy, 'figures'),
      TRAINYARD_TEST_SERVERS: servers,
    },
    maxBuffer: 1 << 28,
    timeout: 600_000,
    killSignal: 'SIGKILL',
  });
  if (!existsSync(report)) return { failed: [], passed: 0, broken: true, output: stderr };
  const result = JSON.parse(readFileSync(report, 'utf8'));
  const tests = result.testResults.flatMap((suite) => suite.assertionResults);
  return {
    failed: tests.filter((test) => test.status === 'failed').map((test) => test.fullName),
    passed: result.numPassedTests,
    broken: result.numRuntimeErrorTestSuites > 0,
    output: stderr,
  };
}

/** What a program says on its second channel, however it ends. */
function outputOf(program, args, options) {
  return new Promise((resolve) => {
    execFile(program, args, options, (_, stdout, stderr) => resolve(stderr));
  });
}

/** By parts of their names. */
export function chosenFaults(words) {
  return words.length === 0 ? FAULTS : FAULTS.filter(({ name }) => words.some((word) => name.includes(word)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = await plantFaults(chosenFaults(process.argv.slice(2)), ({ name, caught, by, seconds }) => {
    console.log(`${caught ? 'caught    ' : 'NOT CAUGHT'} ${seconds.toFixed(0).padStart(4)} s  ${name}  (${by})`);
  });
  const caught = found.filter((each) => each.caught).length;
  console.log(`${caught} of ${found.length} faults caught`);
  process.exit(caught === found.length ? 0 : 1);
}
