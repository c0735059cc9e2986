import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Page, Response } from 'playwright-core';
import { readOperations } from '../../scripts/operations.mjs';
import { postgresSource } from '../../datasources/postgres/config.js';
import type { Postgres } from '../../src/postgres/types.js';
import { served, type GraphQLAnswer, type Served } from '../e2e/served.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';
import { browserOrNone, buildPlayground, openWatched, type Watched } from './watched.js';

const operations = readOperations();
const browser = await browserOrNone();
const describeInBrowser = browser ? describe : describe.skip;
const never: AbortSignal = new AbortController().signal;

/** Answers to the questions of the page, by the text that was asked. */
function answerTo(page: Page, isAsked: (query: string) => boolean): Promise<GraphQLAnswer> {
  const isIt = (response: Response): boolean => {
    const body = response.request().postData();
    return body !== null && isAsked((JSON.parse(body) as { query: string }).query);
  };
  return page.waitForResponse(isIt).then((response) => response.json() as Promise<GraphQLAnswer>);
}

const isPlan = (query: string): boolean => query.startsWith('query Explain($query');
const tabs = (page: Page) => page.locator('[role=tab]');
const showPanel = (page: Page, title: string) =>
  page.getByRole('button', { name: `Show ${title}`, exact: true }).click();

/** Runs what stands in the editor and waits until its answer is shown. */
async function run(page: Page, query: string): Promise<GraphQLAnswer> {
  const answer = answerTo(page, (asked) => asked === query);
  await page.getByRole('button', { name: /^Execute query/ }).click();
  const answered = await answer;
  await page.locator('.result-window .view-line', { hasText: '"data"' }).waitFor();
  return answered;
}

afterAll(() => browser?.close());

describeInBrowser('over the demo', () => {
  let gateway: Served;
  let watched: Watched;
  const url = (): string => new URL('/playground', gateway.url).href;

  beforeAll(async () => {
    buildPlayground();
    gateway = await served(null);
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    watched = await openWatched(browser!, url());
    await watched.page.locator('.graphiql-query-editor .view-line').first().waitFor();
  });
  afterEach(async () => {
    await watched.close();
    expect(watched.wrong).toEqual([]);
  });

  test('every example is a tab that runs, gives data and no errors, and shows its plan', async () => {
    const { page } = watched;
    expect(await tabs(page).count()).toBe(operations.length);
    await showPanel(page, 'Plan');
    for (const [i, { name, query }] of operations.entries()) {
      const plan = i === 0 ? null : answerTo(page, isPlan);
      await tabs(page).nth(i).click();
      const { data, errors } = await run(page, query);
      expect([name, errors]).toEqual([name, undefined]);
      const values = Object.values(data as object).flatMap((value: unknown) => [value, ...below(value)]);
      expect([name, values.length > 0, values.some(isNothing)]).toEqual([name, true, false]);
      await plan;
      const readsStores = /^ {2}(?:aviation|wildlife|routes|films|lake) \{|^ {2}records\(/m.test(query);
      const shown = page.locator(readsStores ? '.yard-read' : '.yard-panel .yard-hint');
      await shown.first().waitFor();
      expect([name, await page.locator('.yard-error').allTextContents()]).toEqual([name, []]);
    }
  });

  test('the plan tells source, entity, path, statement, parameters, push-down and rows; an answer adds rows and calls', async () => {
    const { page } = watched;
    await showPanel(page, 'Plan');
    const reads = page.locator('.yard-read');
    await reads.first().waitFor();
    const paths = await Promise.all((await reads.all()).map((read) => read.getAttribute('data-path')));
    expect(paths).toEqual(['aviation.flight', 'aviation.flight.origin_airport', 'aviation.flight.destination_airport']);
    const first = (await reads.first().innerText()).replaceAll(/\s+/g, ' ');
    expect(first).toContain('aviation flight');
    expect(first).toMatch(/≈ [\d,]+ rows?/);
    expect(first).toContain('from "public"."flight"');
    expect(first).toMatch(/\$1 \w+ \$2 text \$3 \w+/);
    expect(first).toMatch(/Done by the store where compare where related order limit/i);
    expect(await page.locator('.yard-plan .yard-plan .yard-read').count()).toBe(2);
    await run(page, operations[0]!.query);
    const row = page.locator('.yard-figures tbody tr');
    await row.waitFor();
    expect((await row.innerText()).split(/\s+/).slice(0, 3)).toEqual(['aviation', expect.stringMatching(/^\d+$/), '1']);
  });

  test('the plan follows what is typed; what is wrong is told in words', async () => {
    const { page } = watched;
    await showPanel(page, 'Plan');
    await page.locator('.yard-read').first().waitFor();
    await page.locator('.graphiql-query-editor .view-lines').click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText('query Typed { aviation { airport(first: 1) { nothing } } }');
    await page.locator('.yard-error', { hasText: 'nothing' }).waitFor();
    await page.locator('.graphiql-query-editor .view-lines').click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText('query Typed { aviation { airport(first: 1) { city } } }');
    await page.locator('.yard-read[data-path="aviation.airport"]').waitFor();
    expect(await page.locator('.yard-error').count()).toBe(0);
  });

  test('the documentation leads from Query to the fields of a row', async () => {
    const { page } = watched;
    await showPanel(page, 'Documentation Explorer');
    const docs = page.locator('.graphiql-doc-explorer');
    for (const name of ['Query', 'AviationSource', 'Aviation_Flight']) {
      await docs.getByRole('link', { name, exact: true }).first().click();
    }
    await docs.getByText('Minutes late on arrival; negative when early.').first().waitFor();
  });

  test('the editors are tidied up', async () => {
    const { page } = watched;
    await page.goto(
      `${url()}?query=${encodeURIComponent('query Tidy{viewer{id}}')}&variables=${encodeURIComponent('{"a":[1]}')}`,
    );
    await page.locator('.graphiql-query-editor .view-line', { hasText: 'Tidy{' }).waitFor();
    await page.getByRole('button', { name: /^Prettify/ }).click();
    await page.locator('.graphiql-query-editor .view-line', { hasText: /^\s*id$/ }).waitFor();
    await page
      .locator('.graphiql-editor-tool .view-line', { hasText: /^\s*"a"/ })
      .first()
      .waitFor();
  });

  test('an example that was closed opens again from its panel', async () => {
    const { page } = watched;
    await showPanel(page, 'Examples');
    await page.locator('.yard-examples button', { hasText: operations[1]!.title }).click();
    expect(await tabs(page).count()).toBe(operations.length + 1);
    expect((await run(page, operations[1]!.query)).errors).toBeUndefined();
  });

  test('what was typed is there again when the page is loaded anew, and no tab more', async () => {
    const { page } = watched;
    const shown = async (): Promise<unknown[]> => [
      await tabs(page).count(),
      await page.locator('[role=tab][aria-selected=true]').getAttribute('title'),
      (await page.locator('.graphiql-query-editor .view-line').first().innerText()).trim(),
      (await page.locator('.graphiql-editor-tool .view-lines').first().innerText()).replaceAll(/\s+/g, ' '),
    ];
    const again = async (): Promise<void> => {
      // GraphiQL writes down its tabs after half a second.
      await page.waitForTimeout(800);
      await page.reload();
      await page.locator('.graphiql-query-editor .view-line', { hasText: '#' }).first().waitFor();
    };
    const first = await shown();
    expect(first.slice(0, 1)).toEqual([operations.length]);
    expect(first[3]).toMatch(/^\{ "state": "TX"/);
    await again();
    expect(await shown()).toEqual(first);
    await tabs(page).nth(2).click();
    await page.locator('.graphiql-query-editor .view-line', { hasText: operations[2]!.title }).waitFor();
    const third = await shown();
    await again();
    expect(await shown()).toEqual(third);
    expect(third[3]).toMatch(/"from"/);
  });

  test.each([
    ['on a first visit', 0],
    ['beside the tabs that are kept', operations.length],
  ])('a link shows its operation and variables, and runs nothing by itself: %s', async (_, kept) => {
    const query = 'query Linked($n: Int!) { aviation { flight(first: $n) { id } } }';
    const link = `${url()}?query=${encodeURIComponent(query)}&variables=${encodeURIComponent('{ "n": 2 }')}`;
    const fresh = kept === 0 ? await openWatched(browser!, new URL('/', gateway.url).href) : watched;
    const { page } = fresh;
    try {
      const hasKept = `Object.keys(localStorage).some((key) => key.endsWith(':graphiql:tabState'))`;
      if (kept > 0) await page.waitForFunction(hasKept);
      expect(await page.evaluate(hasKept)).toBe(kept > 0);
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.postData() ?? ''));
      await page.goto(link);
      await page.locator('[role=tab]', { hasText: 'Linked' }).waitFor();
      await page.locator('.graphiql-query-editor .view-line', { hasText: 'Linked' }).waitFor();
      expect(await tabs(page).count()).toBe(operations.length + 1);
      expect(asked.filter((body) => body.includes('Linked'))).toEqual([]);
      expect((await run(page, query)).data).toMatchObject({ aviation: { flight: [{}, {}] } });
      await page.waitForTimeout(800);
      await page.reload();
      await page.locator('[role=tab][aria-selected=true]', { hasText: 'Linked' }).waitFor();
      expect(await tabs(page).count()).toBe(operations.length + 1);
    } finally {
      if (fresh !== watched) await fresh.close();
    }
    expect(fresh.wrong).toEqual([]);
  });

  test('the start page shows the sources, none with a problem, and leads to the playground', async () => {
    const { page } = watched;
    await page.goto(new URL('/', gateway.url).href);
    for (const [name, kind] of [
      ['aviation', 'RELATIONAL · postgres · 2 entities'],
      ['wildlife', 'DOCUMENT · postgres · 1 entity'],
      ['routes', 'GRAPH · postgres · 2 entities'],
      ['films', 'SEARCH · postgres · 1 entity'],
      ['lake', 'FILES · duckdb · 1 entity'],
    ] as const) {
      const source = (await page.locator(`[data-source=${name}]`).innerText()).replaceAll(/\s+/g, ' ');
      expect(source).toMatch(/^\w+ UP .* · up since 20\d\d-/);
      expect(source).toContain(`${name} UP ${kind} · up since`);
    }
    expect(await page.locator('.problems').count()).toBe(0);
    await page.getByRole('link', { name: 'Open the playground' }).click();
    await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  });

  test('the watch itself sees what the policy forbids', async () => {
    const other = await openWatched(browser!, url());
    try {
      // As text: it is made of what only browsers have. What the driver itself evaluates is exempt from the policy, what a
      // timer calls is not.
      const outcomes = await other.page.evaluate(`(async () => {
        const script = document.createElement('script');
        script.textContent = 'window.inline = true';
        document.body.append(script);
        const fetched = await fetch('http://127.0.0.1:1/').then(() => 'fetched', () => 'refused');
        const evaluated = await new Promise((resolve) => setTimeout(() => {
          try { resolve(new Function('return "evaluated"')()); } catch { resolve('refused'); }
        }));
        return [fetched, evaluated, String('inline' in window)];
      })()`);
      expect(outcomes).toEqual(['refused', 'refused', 'false']);
      expect(other.wrong.join('\n')).toMatch(/script-src/);
      expect(other.wrong.join('\n')).toMatch(/connect-src/);
    } finally {
      await other.close();
    }
  });
});

function below(value: unknown): unknown[] {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.values(value) : [];
}

const isNothing = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0);

describeInBrowser('over another database, with what is not meant well', () => {
  const HOSTILE = '<img src=x onerror=alert(1)>';
  let server: TestServer;
  let admin: Postgres;
  let gateway: Served;
  let watched: Watched;

  beforeAll(async () => {
    buildPlayground();
    server = await openTestServer();
    const url = await server.freshDatabase('shop');
    admin = openPools(url);
    const text = `create table "${HOSTILE}" (id int primary key, "${HOSTILE}" text, at timestamptz default now(), tags text[]);
      comment on table "${HOSTILE}" is 'see ${HOSTILE} <script>alert(2)</script> [x](javascript:alert(3))';
      comment on column "${HOSTILE}"."${HOSTILE}" is '![pixel](http://127.0.0.1:1/pixel.png) ${HOSTILE}';
      create table "${HOSTILE.replace('<', '=')}" (id int primary key);
      insert into "${HOSTILE}" (id) values (1), (2)`;
    await admin.run({ text, values: [] }, { signal: never });
    const gone = new URL(url);
    gone.pathname = '/%3Cb%3Egone%3C%2Fb%3E';
    gateway = await served(url, (config) => ({
      ...config,
      sources: { ...config.sources, gone: postgresSource(gone.href) },
    }));
  });
  afterAll(async () => {
    await gateway.close();
    await admin.close();
    await server.close();
  });
  beforeEach(async () => {
    watched = await openWatched(browser!, new URL('/playground', gateway.url).href, 'dark');
  });
  afterEach(async () => {
    await watched.close();
    expect(watched.wrong).toEqual([]);
  });

  test('the first tab is made of the schema and runs', async () => {
    const { page } = watched;
    await page.locator('[role=tab]', { hasText: 'FirstLook' }).waitFor();
    await page.locator('.graphiql-query-editor .view-line').first().waitFor();
    const answer = answerTo(page, (asked) => asked.includes('FirstLook'));
    await page.getByRole('button', { name: /^Execute query/ }).click();
    const { data, errors } = await answer;
    expect(errors).toBeUndefined();
    const [rows] = Object.values((data as { shop: Record<string, unknown[]> }).shop);
    expect(rows).toHaveLength(2);
    expect(await tabs(page).allTextContents()).not.toContain('LateFlights');
    await showPanel(page, 'Plan');
    await page.locator('.yard-read').first().waitFor();
  });

  test('comments of tables and columns are text in the documentation', async () => {
    const { page } = watched;
    await page.locator('[role=tab]').first().waitFor();
    await showPanel(page, 'Documentation Explorer');
    const docs = page.locator('.graphiql-doc-explorer');
    await docs.getByRole('link', { name: 'Query', exact: true }).click();
    await docs.getByRole('link', { name: 'ShopSource', exact: true }).click();
    await docs.getByText('<script>alert(2)</script>').first().waitFor();
    expect(await docs.locator('img, script, a[href^="javascript"]').count()).toBe(0);
  });

  test('the start page tells of problems and of a store that is down, as text', async () => {
    const { page } = watched;
    await page.goto(new URL('/', gateway.url).href);
    expect(await page.locator('main img, main script, main b b').count()).toBe(0);
    const shop = await page.locator('[data-source=shop]').innerText();
    expect(shop).toContain('UP');
    expect(shop).toContain(HOSTILE);
    const down = await page.locator('[data-source=gone]').innerText();
    expect(down).toMatch(/gone\s+DOWN/);
    expect(down).toContain('0 entities · down since');
    expect(down).toContain('Last error');
    expect(down).toContain('not in the schema');
  });
});
