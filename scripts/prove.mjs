// Every test at full size, then the planted faults; docs/reliability/conformance.md tells what was run and found.
// Exit code 1, and nothing written, when a test fails or a fault goes unnoticed.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { readFigures, table, writeCapabilities } from './capabilities.mjs';
import { chosenFaults, plantFaults } from './plant-faults.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, 'docs', 'reliability', 'conformance.md');

function git(...args) {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}

const head = git('rev-parse', '--short=8', 'HEAD');
const changed = git('status', '--porcelain').split('\n').filter(Boolean).length;
const seed = process.env.SEED ?? (head === '' ? '1' : String(parseInt(head, 16)));
const figures = mkdtempSync(join(tmpdir(), 'trainyard-prove-'));
const began = Date.now();
const minutesSince = (start) => ((Date.now() - start) / 60_000).toFixed(1);

// The tests and the faults at the same time: each takes about one core.
const written = join(figures, 'tests.log');
const log = openSync(written, 'w');
const tests = spawn(process.execPath, [join(root, 'scripts', 'test.mjs'), '--runInBand', ...process.argv.slice(2)], {
  cwd: root,
  env: { ...process.env, CASES: 'full', SEED: seed, CONFORMANCE_REPORT: figures },
  stdio: ['ignore', log, 'inherit'],
});
const ended = once(tests, 'exit').then(([status]) => ({ status, minutes: minutesSince(began) }));

const faults = plantFaults(chosenFaults([]), ({ name, caught, by }) => {
  console.log(`${caught ? 'caught    ' : 'NOT CAUGHT'}  ${name}  (${by})`);
});
const faultMinutes = minutesSince(began);
const { status, minutes: testMinutes } = await ended;
const told = readFileSync(written, 'utf8');
rmSync(written);
process.stdout.write(told);
const counts = told.trim().split('\n').at(-1);
const caught = faults.filter((each) => each.caught).length;
console.log(`${caught} of ${faults.length} faults caught`);
if (status !== 0 || caught < faults.length) process.exit(1);

const newer = newerElasticsearch();
console.log(`Elasticsearch 9: ${newer}`);
if (/[1-9]\d* failed|nothing/.test(newer)) process.exit(1);

const engines = readFigures(figures);
rmSync(figures, { recursive: true, force: true });

/** The suites of Elasticsearch once more, over the newer server, which needs a newer Java. */
function newerElasticsearch() {
  const java = process.env.ES9_JAVA_HOME ?? javaFrom(21);
  if (java === null) return 'not run: there is no Java 21 or newer below /usr/lib/jvm, and ES9_JAVA_HOME names none';
  const suites = ['', '-client', '-injection', '-search', '-groups']
    .map((name) => join('tests', 'conformance', `elasticsearch${name}.test.ts`))
    .filter((path) => existsSync(join(root, path)));
  const { stdout } = spawnSync(process.execPath, [join(root, 'scripts', 'test.mjs'), '--runInBand', ...suites], {
    cwd: root,
    env: { ...process.env, CASES: 'full', SEED: seed, CONFORMANCE_REPORT: '', ES_MAJOR: '9', ES_JAVA_HOME: java },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 28,
  });
  return stdout.trim().split('\n').at(-1) ?? 'nothing ran';
}

/** The newest Java of this machine, when it is at least so new. */
function javaFrom(least) {
  const homes = existsSync('/usr/lib/jvm') ? readdirSync('/usr/lib/jvm').map((name) => join('/usr/lib/jvm', name)) : [];
  const found = homes.flatMap((home) => {
    if (!existsSync(join(home, 'release'))) return [];
    const major = Number(/JAVA_VERSION="(\d+)/.exec(readFileSync(join(home, 'release'), 'utf8'))?.[1] ?? 0);
    return major >= least ? [{ home, major }] : [];
  });
  return found.sort((a, b) => b.major - a.major)[0]?.home ?? null;
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const escaped = (text) => text.replaceAll('|', '\\|').replaceAll('<', '\\<');
const kinds = [...new Set(engines.flatMap(({ kinds }) => Object.keys(kinds)))].sort();
const across = (name, of) => [name, ...engines.map(of)];

const text = `# What was proved

Written by \`npm run prove\`: every test at full size, then each planted fault in a copy of the tree. It answers one
question: would we notice if a store answered something else than [src/ir/README.md](../../src/ir/README.md) says?

${table(
  ['', ''],
  [
    ['commit', `\`${head || 'none'}\`${changed > 0 ? ` and ${changed} changed files` : ''}`],
    ['seed', `\`${seed}\``],
    ['date', new Date().toISOString().slice(0, 10)],
    ['machine', `${cpus().length} × ${cpus()[0].model}, Node ${process.version}`],
    ['tests', counts],
    ['Elasticsearch 9', newer],
    ['faults caught', `${caught} of ${faults.length}`],
    ['minutes', `${testMinutes} for the tests, ${faultMinutes} for the faults, at the same time`],
  ],
)}

The same again: \`SEED=${seed} npm run prove\`. Other questions: another seed.

## Conformance by engine

A case is a question and the rows that answer it, written down by hand; each is asked with literals and with parameters,
whole, through the planner with the engine's abilities, with none, and with 20 random subsets of them. Random selects are
compared with the memory engine's answers, whole and planned. A removal is a random select under a policy for every
entity, compared with the memory engine over data from which the hidden rows were taken.

${table(
  ['', ...engines.map(({ engine }) => engine)],
  [
    across('cases with written rows', (e) => e.cases),
    across('random selects', (e) => e.selects),
    across('of those, planned for fewer abilities', (e) => e.planned),
    across('of those, that tell rows apart', (e) => percent(e.telling)),
    across('of those, answered by the store alone', (e) => percent(e.whole)),
    across('random policies, one slot each', (e) => `${e.policies} in ${e.slots} slots`),
    across('removals', (e) => e.removals),
    across('minutes', (e) => e.minutes.toFixed(1)),
  ],
)}

## How often each kind was asked in random selects

${table(
  ['kind', ...engines.map(({ engine }) => engine)],
  kinds.map((kind) => across(kind, (e) => e.kinds[kind] ?? 0)),
)}

## Planted faults

Each is one small mistake in one file. The test beside it is the first that failed.

${table(
  ['fault', 'file', 'noticed by'],
  faults.map(({ name, file, by }) => [escaped(name), `\`${file}\``, escaped(by)]),
)}
`;
mkdirSync(dirname(target), { recursive: true });
await writeCapabilities(engines);
writeFileSync(target, await format(text, { ...(await resolveConfig(target)), filepath: target }));
console.log(`docs/reliability/conformance.md is written: ${counts}, ${minutesSince(began)} minutes`);
