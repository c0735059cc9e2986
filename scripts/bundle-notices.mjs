// Who made what is in the bundle, and under which licence: their packages ask that this text goes along.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The packages that the inputs of a bundle are of, each once. */
export function packagesOf(inputs) {
  const folders = new Map();
  for (const path of inputs) {
    const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
    if (folder === undefined || folders.has(folder)) continue;
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    folders.set(folder, { name, version, license: license ?? 'not said', folder });
  }
  return [...folders.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

export function notices(packages) {
  const parts = packages.map(({ name, version, license, folder }) => {
    const texts = readdirSync(join(root, folder))
      .filter((file) => /^(licen[cs]e|notice|thirdpartynotices)/i.test(file))
      .sort()
      .map((file) => readFileSync(join(root, folder, file), 'utf8').trim());
    return [`${name} ${version} (${license})`, ...texts].join('\n\n');
  });
  const head = [
    'What the playground of Trainyard is made of, beside Trainyard itself.',
    'Fonts: Roboto (Apache-2.0) and Fira Code (OFL-1.1), by way of @graphiql/react; Codicons (CC-BY-4.0, Microsoft Corporation), by way of monaco-editor.',
    'monaco-editor holds DOMPurify (Cure53 and other contributors; MPL-2.0 or Apache-2.0, used under the latter).',
  ].join('\n\n');
  return `${[head, ...parts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
