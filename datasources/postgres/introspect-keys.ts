import type { EntityShape, FieldShape, ReferenceShape } from '../../src/store/shape.js';
import type { ReferenceRow, RelationRow, UniqueRow } from './introspect-queries.js';

/** Columns that an index keeps unique. */
export interface UniqueSet {
  readonly primary: boolean;
  readonly names: readonly string[];
}

export function namesOf({ names }: UniqueRow): readonly string[] {
  return JSON.parse(names) as string[];
}

/** What is unique among the rows that reading the table gives: with heirs, their rows are there too, and no index has them all. */
export function setsOf(
  { inherited }: RelationRow,
  rows: readonly UniqueRow[],
): { readonly sets: readonly UniqueSet[]; readonly problem: string | null } {
  const sets = rows.map((row) => ({ primary: row.primary === 't', names: namesOf(row) }));
  if (inherited !== 't' || sets.length === 0) return { sets, problem: null };
  const primary = sets.find((set) => set.primary)?.names ?? sets[0]!.names;
  const problem = `has no key: tables inherit from it, and nothing keeps (${primary.join(', ')}) unique over their rows as well; name it as the entity's \`key\` in the config if it is`;
  return { sets: [], problem };
}

/** The key is the primary key; without one, the smallest unique set of columns that are never null, the first of those. */
export function keysOf(sets: readonly UniqueSet[], fields: readonly FieldShape[]): Pick<EntityShape, 'key' | 'unique'> {
  const byName = new Map(fields.map((field) => [field.name, field]));
  const readable = sets.filter(({ names }) => names.every((name) => byName.has(name)));
  const whole = readable.filter(({ names }) => names.every((name) => !byName.get(name)!.nullable));
  const [least] = whole.sort((a, b) => a.names.length - b.names.length);
  const key = readable.find(({ primary }) => primary) ?? least ?? null;
  return {
    key: key && key.names,
    unique: readable.filter((set) => set !== key).map((set) => set.names),
  };
}

type Found = { readonly reference?: ReferenceShape; readonly problem?: string };

/** A foreign key as something to follow, or why it is not one. Those of columns that the role may not read are not told. */
export function referenceOf(
  row: ReferenceRow,
  ids: ReadonlyMap<string, string>,
  fields: readonly FieldShape[],
  uniquesOf: (oid: string) => readonly (readonly string[])[],
): Found {
  const to = ids.get(row.to);
  const [names, toFields] = [row.names, row.toNames].map((json) => JSON.parse(json) as string[]) as [
    string[],
    string[],
  ];
  if (!names.every((name) => fields.some((field) => field.name === name))) return {};
  const left = `foreign key ${row.name} is no relation`;
  if (to === undefined) return { problem: `${left}: ${row.toId}, which it points at, is not read` };
  if (row.temporal === 't') return { problem: `${left}: it joins a time to the times that hold it, not equal values` };
  // A partition may keep unique what the whole table does not.
  if (row.partition === 't' && !uniquesOf(row.to).some((set) => set.every((name) => toFields.includes(name)))) {
    return { problem: `${left}: it points at one partition of ${row.toId}, which has no such key` };
  }
  return { reference: { name: row.name, fields: names, to, toFields, enforced: row.enforced === 't' } };
}
