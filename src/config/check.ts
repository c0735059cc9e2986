import { legalName, upperFirst } from '../sources/names.js';
import type { Problem } from './problems.js';
import { RESERVED_ROOT_FIELDS } from './reserved.js';

type Tree = Readonly<Record<string, unknown>>;

/** What no single key shows: names that collide, sides that do not exist. Works on a tree that may be wrong elsewhere. */
export function crossCheck(tree: unknown): Problem[] {
  const root = branch(tree);
  const sources = branch(root.sources);
  return [
    ...checkNames(Object.keys(sources)),
    ...checkRelations(root.relations, sources),
    ...checkPages(branch(root.limits)),
  ];
}

function checkNames(names: readonly string[]): Problem[] {
  const types = new Map<string, string>();
  return names.flatMap((name): Problem[] => {
    const path = ['sources', name];
    const legal = legalName(name);
    if (legal !== name || name === '') {
      const hint = legal === '' ? {} : { hint: `call it "${legal}"` };
      return [
        { path, expected: 'a name of letters, digits and _ that GraphQL can hold', got: JSON.stringify(name), ...hint },
      ];
    }
    if (RESERVED_ROOT_FIELDS.has(name)) {
      return [
        { path, expected: 'a name that is not reserved', got: JSON.stringify(name), hint: `call it "${name}_db"` },
      ];
    }
    const other = types.get(upperFirst(name));
    types.set(upperFirst(name), name);
    if (other === undefined) return [];
    return [
      {
        path,
        expected: 'a name that differs in more than the case of its first letter',
        got: `${JSON.stringify(name)} beside ${JSON.stringify(other)}`,
      },
    ];
  });
}

function checkRelations(relations: unknown, sources: Tree): Problem[] {
  if (!Array.isArray(relations)) return [];
  return relations.flatMap((each: unknown, i): Problem[] => {
    const { from, to } = branch(each);
    const [near, far] = [from, to].map((side) =>
      typeof side === 'string' && /^[^.]+\.[^.]+$/.test(side) ? side.split('.')[0]! : null,
    );
    const known = Object.keys(sources).join(', ') || 'none';
    return (
      [
        ['from', near, from],
        ['to', far, to],
      ] as const
    ).flatMap(([side, source, written]) =>
      source != null && !Object.hasOwn(sources, source)
        ? [
            {
              path: ['relations', i, side],
              expected: `an entity of a configured source (${known})`,
              got: JSON.stringify(written),
            },
          ]
        : [],
    );
  });
}

function checkPages({ pageSize = 50, maxPageSize = 1000 }: Tree): Problem[] {
  if (typeof pageSize !== 'number' || typeof maxPageSize !== 'number' || pageSize <= maxPageSize) return [];
  return [
    { path: ['limits', 'pageSize'], expected: `at most limits.maxPageSize (${maxPageSize})`, got: String(pageSize) },
  ];
}

function branch(value: unknown): Tree {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Tree) : {};
}

/** How the source of DATABASE_URL is called: as its database, made legal; a reserved name gets `_db`. */
export function nameOfDatabase(url: string): string {
  const { pathname, username } = new URL(url);
  const name =
    legalName(decodeURIComponent(pathname.replace(/^\/+/, '')) || decodeURIComponent(username)) || 'database';
  return RESERVED_ROOT_FIELDS.has(name) ? `${name}_db` : name;
}
