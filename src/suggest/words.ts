/** Names as the words that they are made of, so that `CustomerID`, `customer_id` and `customerid` can be told to be one. */

const IRREGULAR: Readonly<Record<string, string>> = {
  people: 'person',
  children: 'child',
  men: 'man',
  women: 'woman',
  data: 'datum',
  indices: 'index',
  statuses: 'status',
};

/** `OrderLines` → `order`, `line`. */
export function words(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map(singular);
}

function singular(word: string): string {
  const known = IRREGULAR[word];
  if (known !== undefined) return known;
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return word.length > 3 && /[^sui]s$/.test(word) ? word.slice(0, -1) : word;
}

/** Words of a key that say that it is one, not of what. */
const GENERIC: ReadonlySet<string> = new Set(
  `id key code no nr num number name pk uuid guid oid seq rowid ref value type kind status date time title label
   description version position sort rank year text note comment`.split(/\s+/),
);

/** Words of columns that hold text for people: equal ones tell of no relation. */
const PROSE: ReadonlySet<string> = new Set(
  'name title label text description comment note remark url path email mail phone fax street address city'.split(' '),
);

/** What stands in front of names of tables and tells nothing. */
const PREFIXES: ReadonlySet<string> = new Set('tbl tab tb t dim fact fct stg ref lkp lookup vw v mst'.split(' '));

/** Words for a row of the same table. */
const SELF: ReadonlySet<string> = new Set(
  'parent boss manager supervisor root previous prev next head original superior owner predecessor'.split(' '),
);

export function isGeneric(of: readonly string[]): boolean {
  return of.every((word) => GENERIC.has(word));
}

export function isProse(of: readonly string[]): boolean {
  return of.some((word) => PROSE.has(word));
}

export function pointsAtSelf(of: readonly string[]): boolean {
  return of.length > 0 && SELF.has(of[0]!);
}

/** The ways to name an entity: its words, without what tells nothing, and without what most of its neighbours begin with. */
export function entityWords(name: string, common: string | null): readonly (readonly string[])[] {
  const all = words(name);
  const bare = all.length > 1 && PREFIXES.has(all[0]!) ? all.slice(1) : all;
  const own = bare.length > 1 && bare[0] === common ? bare.slice(1) : bare;
  return own === all ? [all] : [own, all];
}

/** The first word of most names, when there are several. */
export function commonWord(names: readonly string[]): string | null {
  const firsts = Map.groupBy(names, (name) => words(name)[0] ?? '');
  const most = [...firsts].find(([, some]) => some.length > 2 && some.length > names.length / 2);
  return most?.[0] ?? null;
}

export function same(a: readonly string[], b: readonly string[]): boolean {
  return a.join('') === b.join('');
}

/** Whether the words end with those of `end`, and have some before them. */
export function endsWith(whole: readonly string[], end: readonly string[]): boolean {
  return whole.length > end.length && end.length > 0 && same(whole.slice(-end.length), end);
}

/** `cust` for `customer`: the same words, each the beginning of the other's or the same. */
export function abbreviates(short: readonly string[], long: readonly string[]): boolean {
  if (short.length !== long.length || short.length === 0) return false;
  return short.every((word, i) => word === long[i] || (word.length > 2 && long[i]!.startsWith(word)));
}
