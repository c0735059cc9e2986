// Writes docs/images: what the playground and the start page look like over the demo. Wants a build.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from './browser.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const images = join(root, 'docs', 'images');
const LIMIT = 300_000;

const folder = mkdtempSync(join(tmpdir(), 'trainyard-pictures-'));
const args = ['dist/src/cli/main.js', 'serve', '--port', '0', '--data-dir', folder];
// Without the configuration of the environment it serves the demo.
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(TRAINYARD_|DATABASE_URL$)/.test(name)),
);
const gateway = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
const ended = new Promise((resolve) => gateway.once('exit', resolve));
const browser = await launchBrowser();
try {
  if (!browser) throw new Error('there is no browser; name one with CHROME=/path/to/it');
  const base = await address();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
  const page = await context.newPage();

  await page.setViewportSize({ width: 1000, height: 600 });
  await page.goto(new URL('/', base).href);
  await picture(page, 'start-page.png', { fullPage: true });
  await page.setViewportSize({ width: 1440, height: 900 });

  await page.goto(new URL('/playground', base).href);
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  await page.getByRole('button', { name: 'Show Plan', exact: true }).click();
  await page.locator('.yard-read').first().waitFor();
  await page.getByRole('button', { name: /^Execute query/ }).click();
  await page.locator('.yard-figures tbody tr').waitFor({ state: 'attached' });
  await page.mouse.move(700, 895);
  await page.evaluate('document.fonts.ready');
  await picture(page, 'playground.png');

  await page.getByRole('button', { name: 'Show Examples', exact: true }).click();
  await page.locator('.yard-examples').waitFor();
  await page.mouse.move(700, 895);
  await picture(page, 'playground-examples.png');
} finally {
  await browser?.close();
  gateway.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}

/** Where it listens, as it says itself. */
function address() {
  return new Promise((resolve, reject) => {
    let said = '';
    gateway.stdout.on('data', (text) => {
      said += text;
      const url = / at (http:\S+)\/graphql/.exec(said)?.[1];
      if (url) resolve(url);
    });
    void ended.then((code) => reject(new Error(`the gateway ended with ${code}: ${said}`)));
  });
}

async function picture(page, name, options = {}) {
  const path = join(images, name);
  // Hovering, blinking and sliding make two pictures of one page differ.
  await page.screenshot({ path, animations: 'disabled', caret: 'hide', ...options });
  const { size } = statSync(path);
  if (size > LIMIT) throw new Error(`${name} has ${size} bytes; ${LIMIT} are allowed`);
  console.error(`docs/images/${name}: ${Math.round(size / 1000)} kB`);
}
