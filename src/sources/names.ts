/** How names of a store become names of the schema (docs/querying.md tells the user's side of it). */

/** Every character that GraphQL cannot hold becomes `_`; a leading digit gets `_` before it; a leading `__` becomes `_`. */
export function legalName(name: string): string {
  const replaced = Array.from(name, (c) => (/[_0-9A-Za-z]/.test(c) ? c : '_')).join('');
  const started = /^[0-9]/.test(replaced) ? `_${replaced}` : replaced;
  return started.replace(/^__+/, '_');
}

/** The same for enum members, which may not be `true`, `false` or `null`. */
export function legalEnumName(name: string): string {
  const legal = legalName(name) || '_';
  return legal === 'true' || legal === 'false' || legal === 'null' ? `${legal}_` : legal;
}

export function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** `album_id`, `AlbumId`, `albumID`, `ALBUM_ID` → what they are the id of; null when the name does not end so. */
export function withoutId(column: string): string | null {
  return /^(.+)_id$/i.exec(column)?.[1] ?? /^(.*[a-z0-9])I[dD]$/.exec(column)?.[1] ?? null;
}

/** Suffixes that hang on an entity's name at the source's root and on a to-many relation's name. */
export const DERIVED_SUFFIXES = ['_by_key', '_connection', '_aggregate', '_groups', '_profile'] as const;

/** Names of ours beside names of the user: on types, in `where` and in `orderBy`. */
export const OWN_NAMES: ReadonlySet<string> = new Set([
  '_and',
  '_or',
  '_not',
  '_compare',
  '_score',
  '_highlights',
  '_degree',
  '_neighbours',
  '_path',
  '_reach',
  '_search',
  '_nearest',
]);

/** Gives each name once: `take` answers false for what is taken already. */
export class Names {
  private readonly taken = new Map<string, string>();
  constructor(reserved: Iterable<string> = []) {
    for (const name of reserved) this.taken.set(name, 'a name of ours');
  }

  /** What holds the name, or null when it is free. */
  holder(name: string): string | null {
    return this.taken.get(name) ?? null;
  }

  take(name: string, holder: string): boolean {
    if (name === '' || this.taken.has(name)) return false;
    this.taken.set(name, holder);
    return true;
  }
}
