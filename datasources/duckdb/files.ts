import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, matchesGlob, relative, resolve, sep } from 'node:path';
import { GatewayError } from '../../src/errors.js';
import type { Problem } from '../../src/store/shape.js';
import type { FileFormat } from './native.js';

/** What the config says of entities, by native name. */
export type EntityDeclarations = Readonly<Record<string, EntityDeclaration>>;

export interface EntityDeclaration {
  readonly files?: readonly string[] | undefined;
  readonly format?: FileFormat | undefined;
  readonly csv?:
    | {
        readonly delimiter?: string | undefined;
        readonly quote?: string | undefined;
        readonly header?: boolean | undefined;
        readonly nulls?: readonly string[] | undefined;
      }
    | undefined;
  readonly fields?: Readonly<Record<string, { readonly type?: string | undefined }>> | undefined;
}

/** Files that are read as one entity, if they have the same columns. */
export interface FileSet {
  readonly name: string;
  /** The path of its file or folder below the root. */
  readonly id: string;
  readonly format: FileFormat;
  /** Absolute paths of files that are there. */
  readonly files: readonly string[];
  /** Absolute globs that match these files and those to come. */
  readonly globs: readonly string[];
  /** Folders of the form `name=value` are columns. */
  readonly hive: boolean;
  /** The config said so, or there is but one: not to be taken apart when columns differ. */
  readonly fixed: boolean;
}

const FORMATS: Readonly<Record<string, FileFormat>> = {
  parquet: 'PARQUET',
  pq: 'PARQUET',
  csv: 'CSV',
  tsv: 'CSV',
  ndjson: 'NDJSON',
  jsonl: 'NDJSON',
};
const EXTENSION = /\.([a-z]+)((?:\.(?:gz|zst))?)$/i;
const GLOB = /[*?[\]{}]/;
const HIVE = /(?:^|\/)[^/=]+=[^/]*\//;
const MOST_FILES = 100_000;

/** A path of the config: the folder that is read, and the glob below it of the files that are meant. */
export async function folderOf(
  path: string,
  source: string,
): Promise<{ readonly root: string; readonly glob: string | null }> {
  const whole = resolve(path);
  const found = await stat(whole).catch(() => null);
  const parts = whole.split(sep);
  const first = found ? -1 : parts.findIndex((part) => GLOB.test(part));
  // What is there is what it is called, even if its name looks like a glob.
  const folder = found?.isDirectory()
    ? whole
    : found
      ? dirname(whole)
      : first < 0
        ? whole
        : parts.slice(0, first).join(sep) || sep;
  const root = await realpath(folder).catch((cause: unknown) => {
    throw new GatewayError('STORE_UNAVAILABLE', `${source}: there is no folder ${folder}`, { source }, { cause });
  });
  if (folder === whole) return { root, glob: null };
  const below = relative(folder, whole).replaceAll(sep, '/');
  return { root, glob: found ? escapeGlob(below) : below };
}

/** The sets of files below a folder, in the order of their names. */
export async function fileSets(
  root: string,
  glob: string | null,
  declared: EntityDeclarations,
): Promise<{ readonly sets: readonly FileSet[]; readonly problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const all = await listing(root, problems);
  const sets: FileSet[] = [];
  const taken = new Set<string>();
  for (const [name, { files: globs, format }] of Object.entries(declared)) {
    if (!globs) continue;
    const matched = all.filter((path) => globs.some((each) => matchesGlob(path, each)));
    const formats = new Set(matched.map((path) => format ?? formatOf(path)));
    const [only] = formats;
    if (matched.length === 0 || formats.size > 1 || !only) {
      const message =
        matched.length === 0
          ? 'its globs match no file'
          : 'its files have no known format, or several: give it a `format`';
      problems.push({ subject: name, message });
      continue;
    }
    for (const path of matched) taken.add(path);
    const patterns = globs.map((each) => join(root, each));
    sets.push({ name, id: name, format: only, ...filesOf(root, matched), globs: patterns, fixed: true });
  }
  const rest = all.filter((path) => !taken.has(path) && (glob === null || matchesGlob(path, glob)));
  const known = rest.filter((path) => formatOf(path) ?? declared[nameOf(path)]?.format);
  const folders = new Map<string, string[]>();
  for (const path of known) {
    const [first, ...more] = path.split('/');
    // A glob names files; a folder is one entity when its files are alike.
    if (more.length === 0 || glob !== null) sets.push(setOfFile(root, path, declared));
    else folders.set(first!, [...(folders.get(first!) ?? []), path]);
  }
  for (const [folder, paths] of folders) sets.push(...setsOfFolder(root, folder, paths, declared));
  return { sets: sets.sort((a, b) => (a.id < b.id ? -1 : 1)), problems };
}

function setsOfFolder(root: string, folder: string, paths: readonly string[], declared: EntityDeclarations): FileSet[] {
  const formats = new Set(paths.map((path) => declared[folder]?.format ?? formatOf(path)));
  const [only] = formats;
  if (formats.size > 1 || !only) return paths.map((path) => setOfFile(root, path, declared));
  const endings = [...new Set(paths.map((path) => EXTENSION.exec(path)?.[0] ?? ''))];
  const base = join(escapeGlob(root), escapeGlob(folder), '**');
  const globs = endings.map((ending) => join(base, `*${escapeGlob(ending)}`));
  const files = filesOf(root, paths);
  return [{ name: folder, id: `${folder}/`, format: only, ...files, globs, fixed: files.hive || paths.length === 1 }];
}

/** A file that is an entity of its own. */
export function setOfFile(root: string, path: string, declared: EntityDeclarations): FileSet {
  const name = nameOf(path);
  const format = declared[name]?.format ?? formatOf(path)!;
  return {
    name,
    id: path,
    format,
    ...filesOf(root, [path]),
    globs: [join(escapeGlob(root), escapeGlob(path))],
    hive: false,
    fixed: true,
  };
}

function filesOf(root: string, paths: readonly string[]): Pick<FileSet, 'files' | 'hive'> {
  return { files: paths.map((path) => join(root, path)), hive: paths.every((path) => HIVE.test(path)) };
}

function formatOf(path: string): FileFormat | undefined {
  return FORMATS[EXTENSION.exec(path)?.[1]?.toLowerCase() ?? ''];
}

/** Folders join the name of a file with `_`. */
function nameOf(path: string): string {
  const plain = basename(path)
    .replace(/(?:\.(?:gz|zst))$/i, '')
    .replace(/\.[^.]*$/, '');
  return [...path.split('/').slice(0, -1), plain].join('_');
}

/** A path as a glob that matches it alone. */
export function escapeGlob(path: string): string {
  return path.replace(/[*?[\]]/g, (character) => `[${character}]`);
}

/** The files below a folder, as paths with `/`: none that are hidden, or that other tools hide with `_`. */
async function listing(root: string, problems: Problem[]): Promise<string[]> {
  const found: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
      problems.push({ subject: folder || '.', message: `the folder cannot be read (${codeOf(error)})` });
      return [];
    });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (/^[._]/.test(entry.name) || found.length >= MOST_FILES) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else found.push(path);
    }
  };
  await visit('');
  if (found.length >= MOST_FILES)
    problems.push({ subject: '.', message: `there are more files than the ${MOST_FILES} that are looked at` });
  return found;
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : 'unknown';
}
