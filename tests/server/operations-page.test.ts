import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { pino } from 'pino';
import { configReference, loadConfig } from '../../src/config/index.js';
import { openYard, type Yard } from '../../src/main.js';
import { serve, type Listening } from '../../src/server/index.js';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const BLOCK = /```(sh|graphql|json|text)( \w+)?\n([^]*?)```/g;

interface Example {
  readonly language: string;
  readonly role: string;
  readonly asked: string;
  answer: { readonly language: string; readonly role: string; readonly text: string } | null;
}

/** Each command or question with what is shown after it. */
const examples: Example[] = [];
for (const [, language = '', role = '', text = ''] of page.matchAll(BLOCK)) {
  if (language === 'sh' || language === 'graphql')
    examples.push({ language, role: role.trim(), asked: text, answer: null });
  else examples.at(-1)!.answer = { language, role: role.trim(), text };
}

let folder = '';
let yard: Yard;
const gateways: Record<string, Listening> = {};
const lines: Record<string, unknown>[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-operations-'));
  const config = loadConfig({ dataDir: folder }, {});
  yard = await openYard(config);
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  for (const [name, slowMs] of Object.entries({ usual: Infinity, slow: 0 })) {
    gateways[name] = await serve({
      plane: yard.plane,
      controlContext: yard.controlContext,
      host: '127.0.0.1',
      port: 0,
      origins: [],
      limits: { ...config.limits, requestMs: config.limits.request },
      slowMs,
      readiness: yard.readiness,
      log: pino({ level: 'info' }, sink),
    });
  }
}, 120_000);

afterAll(async () => {
  for (const gateway of Object.values(gateways)) await gateway.close();
  await yard.close();
  await rm(folder, { recursive: true, force: true });
});

/** A `curl` with headers and a body, as the page writes it. */
async function curl(command: string): Promise<string> {
  const { pathname } = new URL(/http:\S+/.exec(command)![0]);
  const headers = Object.fromEntries([...command.matchAll(/-H '([^:]+): ([^']*)'/g)].map((m) => [m[1]!, m[2]!]));
  const body = / -d '([^']*)'/.exec(command)?.[1];
  const sent = body === undefined ? { headers } : { method: 'POST', headers, body };
  return (await fetch(new URL(pathname, gateways['usual']!.url), sent)).text();
}

async function ask(query: string, gateway: Listening) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(gateway.url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const withoutId = (key: string, value: unknown): unknown => (key === 'requestId' ? undefined : value);
  const answer = JSON.parse(await response.text(), withoutId) as { data?: unknown; errors?: unknown };
  return { ...answer, requestId: response.headers.get('x-request-id') };
}

/** What is another one each time: only its place and its type are compared. */
const CHANGING = new Set(['time', 'pid', 'hostname', 'requestId', 'ms', 'bytes']);
const settled = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, each: unknown) => (CHANGING.has(key) ? typeof each : each));

const shown = examples.filter(({ answer }) => answer !== null);
describe.each(shown.map((each, i) => [`${i + 1}: ${each.asked.trim().split('\n')[0]!}`, each] as const))(
  '%s',
  (_name, example) => {
    test('prints what docs/operations.md says', async () => {
      const { language, role, asked } = example;
      const answer = example.answer!;
      if (language === 'sh') {
        const text = await curl(asked);
        if (answer.language === 'text') expect(text).toBe(answer.text);
        else expect(JSON.parse(text)).toEqual(JSON.parse(answer.text));
        return;
      }
      const { data, errors, requestId } = await ask(asked, gateways[role || 'usual']!);
      if (answer.role === 'line') {
        const line = lines.find((each) => each['requestId'] === requestId);
        const expected = JSON.parse(answer.text) as object;
        expect([Object.keys(line!), settled(line)]).toEqual([Object.keys(expected), settled(expected)]);
      } else if (answer.role === 'errors') expect(errors).toEqual(JSON.parse(answer.text));
      else expect({ data, errors }).toEqual({ data: JSON.parse(answer.text) as unknown, errors: undefined });
    });
  },
);

test('the page shows an answer to all that it asks, but for what starts the gateway', () => {
  expect(shown.length).toBeGreaterThanOrEqual(7);
  const silent = examples.filter(({ answer }) => answer === null).map(({ asked }) => asked);
  expect(silent.every((asked) => asked.startsWith('trainyard '))).toBe(true);
});

test('every field of a line, and every message, is in the tables', async () => {
  await ask('{ nothing }', gateways['usual']!);
  await wait(0);
  const documented = new Set([...page.matchAll(/^\| (`[^|]*`)\s+\|/gm)].flatMap((m) => m[1]!.split(', ')));
  expect(lines.length).toBeGreaterThan(3);
  for (const line of lines) {
    for (const field of Object.keys(line)) expect(documented).toContain(`\`${field}\``);
    expect(documented).toContain(`\`${String(line['msg'])}\``);
  }
});

test('the limits are told with their defaults, all of them', () => {
  const defaults = new Map(
    configReference()
      .split('\n')
      .map((row) => row.split('|').map((cell) => cell.trim()))
      .map((cells) => [cells[1], cells[4]]),
  );
  const told = [...page.matchAll(/^\| [^|]+\| (`[\w.<>]+`)\s*\| (`\w+`)\s*\|/gm)].map((m) => [m[1], m[2]]);
  expect(told).toEqual(told.map(([key]) => [key, defaults.get(key)]));
  const limits = [...defaults.keys()].filter((key) => key?.startsWith('`limits.'));
  expect(told.map(([key]) => key)).toEqual(expect.arrayContaining(limits));
});
