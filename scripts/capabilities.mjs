// Writes docs/stores/capabilities.md from what the conformance suites found: `npm run capabilities`. Wants the test servers.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, 'docs', 'stores', 'capabilities.md');

/** Figures of each engine, by name. */
export function readFigures(folder) {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      engine: file.replace(/\.json$/, ''),
      ...JSON.parse(readFileSync(join(folder, file), 'utf8')),
    }));
}

export const table = (heads, rows) =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

export async function writeCapabilities(all) {
  const engines = all.filter(({ engine }) => engine !== 'memory');
  const kinds = [...new Set(engines.flatMap((each) => Object.keys(each.kinds)))].sort();
  const cell = ({ kinds: asked, wholeKinds: whole }, kind) => {
    if (!(kind in asked) || asked[kind] === 0) return '–';
    const share = whole[kind] / asked[kind];
    return share === 1 ? 'all' : share === 0 ? 'gateway' : `${Math.round(100 * share)} %`;
  };
  const left = engines.map(({ engine, notHeld }) => {
    const reasons = Map.groupBy(Object.entries(notHeld), ([, reason]) => reason);
    const lines = [...reasons].map(
      ([reason, fields]) => `  - ${reason}: ${fields.map(([f]) => `\`${f}\``).join(', ')}`,
    );
    return `- **${engine}**${lines.length === 0 ? ': everything' : `\n${lines.join('\n')}`}`;
  });
  const text = `# What each engine does itself

Written by \`npm run capabilities\` from the conformance suites: of the random questions in which a kind of condition, order,
group or measure stands, the share that the store answers whole. The rest is answered as exactly, partly by the gateway
within its row budget (\`limits.rowBudget\`); \`explain\` shows which part of a question it is. A question has several kinds,
so one that the store lacks lowers the share of the others too. \`–\`: it cannot come up in what the store holds.

${table(
  ['', ...engines.map(({ engine }) => engine)],
  [
    ['**all random questions**', ...engines.map((e) => `${(100 * e.whole).toFixed(1)} %`)],
    ...kinds.map((kind) => [kind, ...engines.map((e) => cell(e, kind))]),
  ],
)}

What the stores cannot hold of the suites' data, which is left out for them:

${left.join('\n')}
`;
  writeFileSync(target, await format(text, { ...(await resolveConfig(target)), filepath: target }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const figures = mkdtempSync(join(tmpdir(), 'trainyard-capabilities-'));
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'scripts', 'test.mjs'), '--runInBand', 'tests/conformance'],
    {
      cwd: root,
      env: { ...process.env, CONFORMANCE_REPORT: figures },
      stdio: 'inherit',
    },
  );
  if (status === 0) await writeCapabilities(readFigures(figures));
  rmSync(figures, { recursive: true, force: true });
  process.exitCode = status ?? 1;
}
