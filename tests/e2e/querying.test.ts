import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { served, type Served } from './served.js';

const text = readFileSync('docs/querying.md', 'utf8');
const BLOCK = /```(graphql|json)( variables| errors)?\n([^]*?)```/g;

interface Example {
  readonly task: string;
  readonly query: string;
  variables: unknown;
  answer: unknown;
  errors: unknown;
}

/** Each GraphQL block with the JSON blocks that follow it. */
function examples(): Example[] {
  const found: Example[] = [];
  for (const { 1: language, 2: role, 3: body, index } of text.matchAll(BLOCK)) {
    if (language === 'graphql') {
      const task = /^## (.*)$/m.exec(text.slice(text.lastIndexOf('\n## ', index)))![1]!;
      found.push({ task, query: body!, variables: {}, answer: undefined, errors: undefined });
    } else if (role === ' variables') found.at(-1)!.variables = JSON.parse(body!);
    else if (role === ' errors') found.at(-1)!.errors = JSON.parse(body!);
    else found.at(-1)!.answer = JSON.parse(body!);
  }
  return found;
}

/** Cursors are other ones in every catalog: the page shows a sign, which stands for the latest one where it is asked with. */
const CURSOR = '…';
let latest = '';
function withoutCursors(key: string, value: unknown): unknown {
  if (!/^(?:startCursor|endCursor|cursor)$/.test(key) || value === null) return value;
  latest = value as string;
  return CURSOR;
}

let gateway: Served;
beforeAll(async () => {
  gateway = await served(null);
}, 120_000);
afterAll(() => gateway.close());

const all = examples();

test('there is an example for every task', () => {
  const tasks = [...text.matchAll(/^## (.*)$/gm)].map((m) => m[1]).filter((task) => task !== 'Types');
  expect([...new Set(all.map((e) => e.task))]).toEqual(tasks);
});

describe.each(all.map((each, i) => [`${each.task} (${i + 1})`, each] as const))('%s', (_name, example) => {
  test('is answered as docs/querying.md says', async () => {
    const variables = Object.entries(example.variables as Readonly<Record<string, unknown>>).map(
      ([name, value]) => [name, value === CURSOR ? latest : value] as const,
    );
    const answer = await gateway.ask(example.query, Object.fromEntries(variables));
    const { data, errors } = JSON.parse(JSON.stringify(answer), withoutCursors) as typeof answer;
    expect({ data, errors }).toEqual({ data: example.answer, errors: example.errors });
  });
});
