// Runs jest in ESM mode; arguments go on to it. CASES and SEED reach the tests through the environment.
// Prints the minutes of each suite and, last, `N passed, N failed`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { openServerFolder } from './test-servers.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const own = join(root, 'node_modules', '.bin', 'node');
if (!existsSync(jest)) {
  console.error('trainyard: jest is not installed; run `npm install` with devDependencies');
  console.log('0 passed, 1 failed');
  process.exit(1);
}
const scratch = mkdtempSync(join(tmpdir(), 'trainyard-test-'));
const report = join(scratch, 'report.json');
const servers = openServerFolder();
const { CASES, SEED } = process.env;
console.log(`cases ${CASES ?? 'by default'}, seed ${SEED ?? 'by default'}`);
/** What keeps a process alive after its last test is a failure, not a wait without end. */
const LATE_MS = 20_000;
const child = spawn(
  existsSync(own) ? own : process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    jest,
    '--json',
    `--outputFile=${report}`,
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    env: { ...process.env, TRAINYARD_TEST_SERVERS: servers.folder },
    stdio: ['ignore', 'ignore', 'inherit'],
  },
);
let reported = 0;
const watch = setInterval(() => {
  if (reported === 0 && existsSync(report)) reported = Date.now();
  if (reported === 0 || Date.now() - reported < LATE_MS) return;
  console.error('trainyard: a test left something open, so that jest does not end; it is ended now');
  child.kill('SIGKILL');
}, 500);
const [status] = await once(child, 'exit');
clearInterval(watch);
servers.end();
let passed = 0;
let failed = 0;
if (existsSync(report)) {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  for (const suite of result.testResults) {
    const minutes = ((suite.endTime - suite.startTime) / 60_000).toFixed(2);
    console.log(`${minutes.padStart(7)} min  ${suite.status.padEnd(6)}  ${relative(root, suite.name)}`);
  }
  passed = result.numPassedTests;
  failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
}
if (status !== 0 && failed === 0) failed = 1;
rmSync(scratch, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
