import { postgresSource } from '../../datasources/postgres/config.js';
import { resolve } from 'node:path';
import { crossCheck, nameOfDatabase } from './check.js';
import type { DemoUrls } from './demo.js';
import { isPostgresUrl } from './kinds.js';
import { OVERRIDES } from './overrides.js';
import { configError, fromIssues, shown, type Problem } from './problems.js';
import { configFile, type ConfigFile, type SourceConfig } from './schema.js';
import { fillSecrets, type Environment } from './secrets.js';
import { loadStores } from './stores.js';
import { readYaml } from './yaml.js';

/** The whole configuration, checked: nobody else reads files, flags or the environment for it. */
export interface Config extends Omit<ConfigFile, 'sources' | 'catalog'> {
  /** The file that it came from. */
  readonly file: string | null;
  /** Whether the demo's sources are to be served: they are added once their database is there. */
  readonly demo: boolean;
  /** Where parts of the demo are that are not in the embedded PostgreSQL. */
  readonly demoStores: Partial<DemoUrls>;
  readonly sources: Readonly<Record<string, SourceConfig>>;
  /** null: the embedded PostgreSQL holds the catalog. */
  readonly catalog: { readonly url: string | null };
}

export interface Flags {
  readonly config?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly dataDir?: string | undefined;
  /** The demo alone, whatever sources are configured. */
  readonly demo?: boolean | undefined;
  /** A file that names the servers of the demo's parts. */
  readonly stores?: string | undefined;
}

/** The one reader of the environment. Flags before environment before file before defaults. Throws one BAD_INPUT that lists everything that is wrong. */
export function loadConfig(flags: Flags = {}, env: Environment = process.env): Config {
  const path = flags.config ?? (env.TRAINYARD_CONFIG || undefined);
  const written = path === undefined ? {} : readYaml(path);
  const problems: Problem[] = [];
  const origins = new Map<string, string>();
  const filled = override(fillSecrets(written, env, problems), flags, env, origins);
  const unfilled = new Set(problems.map((p) => p.path.join('.')));
  const parsed = configFile.safeParse(filled);
  if (!parsed.success) {
    const seen = override(written, flags, env, new Map());
    problems.push(...fromIssues(parsed.error.issues, seen).filter((p) => !unfilled.has(p.path.join('.'))));
  }
  problems.push(...crossCheck(filled));
  const database = databaseFrom(filled, flags, env, problems);
  if (problems.length > 0 || !parsed.success) {
    const placed = problems.map((problem) => {
      const origin = problem.origin ?? origins.get(problem.path.join('.'));
      return origin === undefined ? problem : { ...problem, origin };
    });
    throw configError(placed, path ?? null);
  }
  const { sources = {}, catalog, storage, ...rest } = parsed.data;
  const named = database === null ? sources : { [nameOfDatabase(database)]: postgresSource(database) };
  const chosen = flags.demo === true ? {} : named;
  return {
    ...rest,
    file: path ?? null,
    sources: chosen,
    demo: Object.keys(chosen).length === 0,
    demoStores: flags.stores === undefined ? {} : loadStores(flags.stores, env),
    storage: { path: resolve(storage.path) },
    catalog: { url: catalog.url ?? null },
  };
}

/** Lays flags and variables over the tree, and notes which of them gave what. */
function override(tree: unknown, flags: Flags, env: Environment, origins: Map<string, string>): unknown {
  if (tree === null || typeof tree !== 'object' || Array.isArray(tree)) return tree;
  const result: Record<string, unknown> = { ...tree };
  for (const { key, flag, variable, isNumber } of OVERRIDES) {
    const [section, name] = key;
    const flagged = flag && flags[flag.name];
    const value = flagged ?? (env[variable] || undefined);
    const under = result[section] ?? {};
    if (value === undefined || typeof under !== 'object' || Array.isArray(under)) continue;
    origins.set(key.join('.'), flag && flagged !== undefined ? flag.written : variable);
    result[section] = { ...under, [name]: isNumber && /^\d+$/.test(value) ? Number(value) : value };
  }
  return result;
}

/** DATABASE_URL is a source by itself only where the file names none. */
function databaseFrom(tree: unknown, flags: Flags, env: Environment, problems: Problem[]): string | null {
  const url = env.DATABASE_URL;
  const named =
    tree !== null && typeof tree === 'object' && Object.keys((tree as { sources?: object }).sources ?? {}).length > 0;
  if (!url || named || flags.demo === true) return null;
  if (isPostgresUrl(url)) return url;
  const expected = 'a URL such as "postgres://user:password@host:5432/database"';
  problems.push({ path: ['DATABASE_URL'], expected, got: shown(url, ['url']) });
  return null;
}
