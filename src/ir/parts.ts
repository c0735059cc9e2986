/** Parts of a select that hold no entity, and need no copy. */
const PLAIN: ReadonlySet<string> = new Set([
  'type',
  'value',
  'values',
  'q',
  'text',
  'vector',
  'k',
  'metres',
  'limit',
  'offset',
]);

export function isPlain(part: unknown, name: string): boolean {
  return typeof part !== 'object' || part === null || PLAIN.has(name);
}

/**
 * A copy of a select, or of a part of one that is called `name`, with what `replace` gives in the place of its parts;
 * undefined: the part is copied, and what is in it replaced.
 */
export function withParts<T>(part: T, replace: (part: unknown, name: string) => unknown, name = ''): T {
  const replaced = replace(part, name);
  if (replaced !== undefined) return replaced as T;
  if (isPlain(part, name)) return part;
  if (Array.isArray(part)) return part.map((each: unknown) => withParts(each, replace)) as T;
  return Object.fromEntries(
    Object.entries(part as object).map(([key, each]) => [key, withParts<unknown>(each, replace, key)]),
  ) as T;
}
