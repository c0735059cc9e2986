import { DEMO_PARTS, DEMO_PROTOCOLS, demoSources, type DemoPart, type DemoUrls } from './demo.js';
import { object, text } from './kinds.js';
import { configError, fromIssues, type Problem } from './problems.js';
import { configFile } from './schema.js';
import { fillSecrets, type Environment } from './secrets.js';
import { readYaml } from './yaml.js';

const held = (part: DemoPart) => {
  const protocols = DEMO_PARTS[part].flatMap((engine) => DEMO_PROTOCOLS[engine]);
  const error = `a URL of ${DEMO_PARTS[part].join(' or ')} (${protocols.map((each) => `${each}://`).join(', ')})`;
  return object({ url: text(error).refine((url) => protocols.includes(url.split('://')[0]!), { error }) }).optional();
};

const stores = object({
  aviation: held('aviation'),
  wildlife: held('wildlife'),
  routes: held('routes'),
  films: held('films'),
});

/**
 * Which servers hold which parts of the demo: a file of YAML with `stores`, or `x-stores` as compose files need it,
 * each part with its `url`. Throws one BAD_INPUT that lists everything that is wrong.
 */
export function loadStores(path: string, env: Environment): Partial<DemoUrls> {
  const file = readYaml(path) as Readonly<Record<string, unknown>>;
  const key = typeof file === 'object' && 'stores' in file ? 'stores' : 'x-stores';
  const problems: Problem[] = [];
  const written = file[key];
  const filled = fillSecrets(written, env, problems);
  const within = (each: Problem): Problem => ({ ...each, path: [key, ...each.path] });
  const refuse = (wrong: readonly Problem[]): never => {
    throw configError(wrong.map(within), path);
  };
  if (problems.length > 0) refuse(problems);
  const parsed = stores.safeParse(filled);
  if (!parsed.success) return refuse(fromIssues(parsed.error.issues, written));
  const urls = Object.fromEntries(
    Object.entries(parsed.data).flatMap(([part, store]) => (store ? [[part, store.url]] : [])),
  ) as Partial<DemoUrls>;
  // What an engine expects of a URL beside its protocol, such as a database.
  const checked = configFile.safeParse({ sources: demoSources(urls) });
  if (!checked.success)
    refuse(
      fromIssues(checked.error.issues, { sources: written }).map((each) => ({ ...each, path: each.path.slice(1) })),
    );
  return urls;
}
