// Every test at full size, then the planted faults; docs/reliability/conformance.md tells what was run and found.
// Exit code 1, and nothing written, when a test fails or a fault goes unnoticed. What is proved is kept in .cache/prove as it
// goes: `--resume` goes on from there (whatever was killed, or mended since), and the document tells the commit of each part.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { readFigures, table, writeCapabilities } from './capabilities.mjs';
import { chosenFaults, plantFaults } from './plant-faults.mjs';
import { openServerFolder } from './test-servers.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, 'docs', 'reliability', 'conformance.md');
const kept = join(root, '.cache', 'prove');
const figures = join(kept, 'figures');

function git(...args) {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}

const head = git('rev-parse', '--short=8', 'HEAD');
const changed = git('status', '--porcelain').split('\n').filter(Boolean).length;
const commit = `${head || 'none'}${changed > 0 ? ` and ${changed} changed files` : ''}`;
const seed = process.env.SEED ?? (head === '' ? '1' : String(parseInt(head, 16)));

if (!process.argv.includes('--resume')) rmSync(kept, { recursive: true, force: true });
mkdirSync(figures, { recursive: true });

// The tests and the faults at the same time: each takes about one core.
const servers = openServerFolder();
const [tests, faults] = await Promise.all([proveTests(), proveFaults()]);
servers.end();
const caught = faults.filter((each) => each.caught).length;
console.log(`${caught} of ${faults.length} faults caught`);
const failed = tests.filter(({ passes }) => !passes);
for (const { suite } of failed) console.log(`failed: ${suite}`);
if (failed.length > 0 || caught < faults.length) process.exit(1);
const newer = await proveOnce('elasticsearch-9', newerElasticsearch);
console.log(`Elasticsearch 9: ${newer.told}`);
if (!newer.proved) process.exit(1);

/** What was proved of a part, kept; with `--resume` a part that was proved is not proved again. */
async function proveOnce(part, prove) {
  const path = join(kept, `${part}.json`);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'));
  const result = { ...(await prove()), commit };
  if (result.proved) {
    writeFileSync(`${path}.new`, JSON.stringify(result));
    renameSync(`${path}.new`, path);
  }
  return result;
}

/** What was kept of earlier proofs, by a name. */
function keptIn(file, nameOf) {
  const path = join(kept, file);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').filter(Boolean) : [];
  const known = new Map(lines.map((line) => JSON.parse(line)).map((each) => [nameOf(each), each]));
  return {
    known,
    keep: (proved) => {
      known.set(nameOf(proved), proved);
      appendFileSync(path, `${JSON.stringify(proved)}\n`);
    },
  };
}

/** Suite by suite; those that passed are not run again. */
async function proveTests() {
  const { known, keep } = keptIn('suites.ndjson', ({ suite }) => suite);
  const suites = readdirSync(join(root, 'tests'), { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `tests/${name.replaceAll('\\', '/')}`)
    .sort();
  const results = [];
  for (const suite of suites) {
    const result = known.get(suite) ?? (await proveSuite(suite));
    if (result.passes && !known.has(suite)) keep(result);
    results.push(result);
  }
  return results;
}

async function proveSuite(suite) {
  const began = Date.now();
  const log = join(kept, 'suite.log');
  const out = openSync(log, 'w');
  const child = spawn(process.execPath, [join(root, 'scripts', 'test.mjs'), '--runInBand', suite], {
    cwd: root,
    env: {
      ...process.env,
      CASES: 'full',
      SEED: seed,
      CONFORMANCE_REPORT: figures,
      TRAINYARD_TEST_SERVERS: servers.folder,
    },
    stdio: ['ignore', out, out],
  });
  const [status] = await once(child, 'exit');
  closeSync(out);
  const told = readFileSync(log, 'utf8');
  const [, passed] = /(\d+) passed, \d+ failed\s*$/.exec(told) ?? [null, '0'];
  const minutes = (Date.now() - began) / 60_000;
  console.log(`${status === 0 ? 'passed    ' : 'FAILED    '}  ${suite}  (${passed} tests, ${minutes.toFixed(1)} min)`);
  if (status !== 0) console.log(told);
  return { suite, passes: status === 0, passed: Number(passed), minutes, commit };
}

/** Faults that were caught are not planted again. */
async function proveFaults() {
  const { known, keep } = keptIn('faults.ndjson', ({ name }) => name);
  const all = chosenFaults([]);
  const open = all.filter(({ name }) => !known.has(name));
  const missed = new Map();
  const tell = (result) => {
    console.log(`${result.caught ? 'caught    ' : 'NOT CAUGHT'}  ${result.name}  (${result.by})`);
    if (result.caught) keep({ ...result, commit });
    else missed.set(result.name, { ...result, commit });
  };
  if (open.length > 0) await plantFaults(open, tell);
  return all.map(({ name }) => known.get(name) ?? missed.get(name));
}

const engines = readFigures(figures);

/** The suites of Elasticsearch once more, over the newer server, which needs a newer Java. */
function newerElasticsearch() {
  const java = process.env.ES9_JAVA_HOME ?? javaFrom(21);
  if (java === null) {
    const told = 'not run: there is no Java 21 or newer below /usr/lib/jvm, and ES9_JAVA_HOME names none';
    return { proved: true, told };
  }
  const suites = ['', '-client', '-injection', '-search', '-groups']
    .map((name) => join('tests', 'conformance', `elasticsearch${name}.test.ts`))
    .filter((path) => existsSync(join(root, path)));
  const { stdout, status } = spawnSync(
    process.execPath,
    [join(root, 'scripts', 'test.mjs'), '--runInBand', ...suites],
    {
      cwd: root,
      env: { ...process.env, CASES: 'full', SEED: seed, CONFORMANCE_REPORT: '', ES_MAJOR: '9', ES_JAVA_HOME: java },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 1 << 28,
    },
  );
  return { proved: status === 0, told: stdout.trim().split('\n').at(-1) };
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

/** What was proved at which commit, the one of most first. */
function madeAt(parts) {
  const nameOf = (part) => part.suite ?? (part === newer ? 'Elasticsearch 9' : `“${part.name}”`);
  const commits = [...Map.groupBy(parts, (part) => part.commit)].sort(([, a], [, b]) => b.length - a.length);
  return commits.map(([at, those], i) => ({ at: `\`${at}\``, names: i === 0 ? ['all else'] : those.map(nameOf) }));
}

function sumOf(parts, key) {
  return parts.reduce((sum, part) => sum + part[key], 0);
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const escaped = (text) => text.replaceAll('|', '\\|').replaceAll('<', '\\<');
const kinds = [...new Set(engines.flatMap(({ kinds }) => Object.keys(kinds)))].sort();
const across = (name, of) => [name, ...engines.map(of)];

const commits = madeAt([...tests, newer, ...faults]);
const text = `# What was proved

Written by \`npm run prove\`: every test at full size, then each planted fault in a copy of the tree. It answers one
question: would we notice if a store answered something else than [src/ir/README.md](../../src/ir/README.md) says?

${table(
  ['', ''],
  [
    ['commit', commits.length === 1 ? commits[0].at : `${commits.map(({ at }) => at).join(', ')}: see the end`],
    ['seed', `\`${seed}\``],
    ['date', new Date().toISOString().slice(0, 10)],
    ['machine', `${cpus().length} × ${cpus()[0].model}, Node ${process.version}`],
    ['tests', `${sumOf(tests, 'passed')} passed, 0 failed in ${tests.length} suites`],
    ['Elasticsearch 9', newer.told],
    ['faults caught', `${caught} of ${faults.length}`],
    [
      'minutes',
      `${sumOf(tests, 'minutes').toFixed(0)} for the tests, ${(sumOf(faults, 'seconds') / 60).toFixed(0)} for the faults, at the same time`,
    ],
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
${commits.length === 1 ? '' : `\n## Commits\n\nWhen each part was proved; after a later change only what it touches most.\n\n${commits.map(({ at, names }) => `- ${at}: ${names.join(', ')}`).join('\n')}\n`}`;
mkdirSync(dirname(target), { recursive: true });
await writeCapabilities(engines);
writeFileSync(target, await format(text, { ...(await resolveConfig(target)), filepath: target }));
console.log(`docs/reliability/conformance.md is written: ${sumOf(tests, 'passed')} tests, ${caught} faults`);
