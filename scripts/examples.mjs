// Writes the answers of docs/querying.md: asks each GraphQL block of the demo. Wants a build.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'graphql';
import { format } from 'prettier';
import { ANONYMOUS } from '../dist/src/auth/caller.js';
import { loadConfig } from '../dist/src/config/index.js';
import { openYard } from '../dist/src/main.js';

const page = new URL('../docs/querying.md', import.meta.url);
const EXAMPLE = /```graphql\n([^]*?)```\n(?:\n```json variables\n([^]*?)```\n)?\n```json( errors)?\n[^]*?```/g;
const folder = mkdtempSync(join(tmpdir(), 'trainyard-examples-'));
const yard = await openYard(loadConfig({ dataDir: folder, demo: true }, {}));

/** Cursors are other ones in every catalog: shown as a sign, which stands for the latest one where it is asked with. */
const CURSOR = '…';
let latest = '';
const withoutCursors = (key, value) => {
  if (!/^(?:startCursor|endCursor|cursor)$/.test(key) || value === null) return value;
  latest = value;
  return CURSOR;
};

async function answer(query, given) {
  const variables = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, value === CURSOR ? latest : value]),
  );
  const document = parse(query);
  const { data, errors } = await yard.plane.execute({
    document,
    operation: document.definitions[0],
    operationName: null,
    variables,
    caller: ANONYMOUS,
    signal: new AbortController().signal,
    controlContext: { ...yard.controlContext(), caller: ANONYMOUS, signal: new AbortController().signal },
  });
  return errors.length > 0
    ? errors.map(({ message, extensions }) => ({ message, extensions }))
    : JSON.parse(JSON.stringify(JSON.parse(String(data)), withoutCursors));
}

try {
  const text = readFileSync(page, 'utf8');
  const answers = new Map();
  for (const [example, query, variables, errors] of text.matchAll(EXAMPLE)) {
    const found = await answer(query, variables === undefined ? {} : JSON.parse(variables));
    if (Array.isArray(found) !== (errors !== undefined)) throw new Error(`${query}: ${JSON.stringify(found)}`);
    answers.set(example, `${JSON.stringify(found)}\n\`\`\``);
  }
  const filled = text.replace(EXAMPLE, (example) =>
    example.replace(/(```json(?: errors)?\n)[^]*?```$/, (_, fence) => fence + answers.get(example)),
  );
  writeFileSync(
    page,
    await format(filled, { singleQuote: true, printWidth: 120, trailingComma: 'all', parser: 'markdown' }),
  );
} finally {
  await yard.close();
  rmSync(folder, { recursive: true, force: true });
}
