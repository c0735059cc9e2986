import { execFileSync } from 'node:child_process';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../scripts/browser.mjs';

/** A page and whatever about it should not be: errors, and requests to others than the gateway. */
export interface Watched {
  readonly page: Page;
  readonly wrong: readonly string[];
  close(): Promise<void>;
}

export async function openWatched(
  browser: Browser,
  url: string,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const { origin } = new URL(url);
  const wrong: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') wrong.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => wrong.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const to = request.url();
    if (!to.startsWith(`${origin}/`) && !to.startsWith('data:')) wrong.push(`request: ${to}`);
  });
  page.on('requestfailed', (request) => {
    const { errorText = '' } = request.failure() ?? {};
    // A plan that is asked for anew takes back the question before.
    if (errorText !== 'net::ERR_ABORTED') wrong.push(`request: ${request.url()} ${errorText}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) wrong.push(`status ${response.status()}: ${response.url()}`);
  });
  await page.goto(url);
  return { page, wrong, close: () => context.close() };
}

/** Tests want what the sources say, not what was bundled some time ago. Does nothing when nothing has changed. */
export function buildPlayground(): void {
  execFileSync(process.execPath, ['scripts/build-playground.mjs'], { stdio: 'ignore' });
}

/** A browser; null, with a sentence, where none can be had, which in CI is a failure. */
export async function browserOrNone(): Promise<Browser | null> {
  const browser = await launchBrowser();
  if (browser !== null) return browser;
  const sentence =
    'The playground was not tested in a browser: there is none; install Chromium or name one with CHROME=/path/to/it.';
  if (process.env.CI) throw new Error(sentence);
  process.stderr.write(`${sentence}\n`);
  return null;
}
