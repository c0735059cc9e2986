// A headless Chromium for the tests of the playground and its pictures: $CHROME, else the system's, else the one that the npm
// package @sparticuz/chromium brings for Linux on x64, unpacked once to node_modules/.cache.
import { chromium } from 'playwright-core';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const packed = join(root, 'node_modules', '@sparticuz', 'chromium');
const SYSTEM = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** A browser that starts, or null where none can be had. */
export async function launchBrowser() {
  const { CHROME } = process.env;
  if (CHROME) return launch(CHROME);
  for (const path of systemPaths()) {
    const browser = await launch(path).catch(() => null);
    if (browser) return browser;
  }
  const folder = unpacked();
  return folder === null ? null : launchPacked(folder);
}

function systemPaths() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = SYSTEM.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...found, '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'].filter(existsSync);
}

function launch(executablePath, env = {}) {
  // As root it has no sandbox to go into; it only opens pages of ours.
  const args = ['--disable-gpu', '--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  return chromium.launch({ executablePath, args, env: { ...process.env, ...env }, chromiumSandbox: false });
}

/** With the libraries of the system; with those that came along where some are missing. */
async function launchPacked(folder) {
  const path = join(folder, 'chromium');
  const fonts = { FONTCONFIG_FILE: join(folder, 'fonts.conf') };
  try {
    return await launch(path, fonts);
  } catch {
    const libraries = [join(folder, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter);
    return launch(path, { ...fonts, LD_LIBRARY_PATH: libraries });
  }
}

/** The system's fonts and those that came along: without any font a page has no text. */
const fontConfig = (folder) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${join(folder, 'fonts')}</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`;

/** Unpacked beside its place and then moved there, so that none ever finds half of it. */
function unpacked() {
  if (process.platform !== 'linux' || process.arch !== 'x64' || !existsSync(packed)) return null;
  const { version } = JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8'));
  const cache = join(root, 'node_modules', '.cache');
  const folder = join(cache, `chromium-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const half = mkdtempSync(join(cache, 'chromium-half-'));
  try {
    // The package unpacks to the folder for temporary files, wherever that is.
    const names = ['chromium.br', 'al2023.tar.br', 'fonts.tar.br'].map((name) => join(packed, 'bin', name));
    const code = `import { inflate } from '@sparticuz/chromium'; await Promise.all(${JSON.stringify(names)}.map(inflate));`;
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: root,
      env: { ...process.env, TMPDIR: half },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`the browser of @sparticuz/chromium could not be unpacked: ${stderr}`);
    writeFileSync(join(half, 'fonts.conf'), fontConfig(folder));
    if (!existsSync(folder)) renameSync(half, folder);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
  return folder;
}
