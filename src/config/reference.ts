import { z } from 'zod';
import { OVERRIDES } from './overrides.js';
import { configFile } from './schema.js';

type Node = Readonly<{
  type?: string;
  const?: unknown;
  default?: unknown;
  description?: string;
  unit?: string;
  enum?: readonly unknown[];
  minimum?: number;
  maximum?: number;
  properties?: Readonly<Record<string, Node>>;
  required?: readonly string[];
  additionalProperties?: Node | boolean;
  items?: Node;
  oneOf?: readonly Node[];
  anyOf?: readonly Node[];
}>;

/** The JSON Schema of the file, for editors. */
export function configJsonSchema(): Record<string, unknown> {
  return withoutUnits(jsonSchema()) as Record<string, unknown>;
}

function jsonSchema(): Node {
  const schema = z.toJSONSchema(configFile, { io: 'input', unrepresentable: 'any' });
  return { title: 'Trainyard configuration', ...schema } as Node;
}

/** A word of ours: editors know no `unit`. */
function withoutUnits(node: unknown, isNamed = false): unknown {
  if (Array.isArray(node)) return node.map((each) => withoutUnits(each));
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).filter(([key]) => isNamed || key !== 'unit');
  return Object.fromEntries(entries.map(([key, child]) => [key, withoutUnits(child, key === 'properties')]));
}

/** Every key of the file as rows of a Markdown table. */
export function configReference(): string {
  const lines = ['| key | what | value | default | flag, variable |', '|---|---|---|---|---|'];
  for (const { key, node, required, engines } of merged(keys(jsonSchema(), ''))) {
    const fallback = required ? 'required' : shownDefault(node);
    const only = engines.length > 0 ? `Of ${engines.join(', ')}. ` : '';
    const what = `${only}${(node.description ?? '').replaceAll('|', '\\|')}${range(node)}`;
    lines.push(`| \`${key}\` | ${what} | ${valueOf(node)} | ${fallback} | ${givenBy(key)} |`);
  }
  return lines.join('\n') + '\n';
}

/** What stands beside the file, as rows of a Markdown table. */
export function overrideReference(): string {
  const lines = ['| flag | variable | key |', '|---|---|---|', '| `--config FILE` | `TRAINYARD_CONFIG` | |'];
  for (const { key, flag, variable } of OVERRIDES) {
    const flagged = flag ? `\`${flag.written} ${flag.takes}\`` : '';
    lines.push(`| ${flagged} | \`${variable}\` | \`${key.join('.')}\` |`);
  }
  return [...lines, '| | `DATABASE_URL` | a source |'].join('\n') + '\n';
}

function givenBy(key: string): string {
  const override = OVERRIDES.find((each) => each.key.join('.') === key);
  if (!override) return '';
  return [override.flag?.written, override.variable].flatMap((each) => (each ? [`\`${each}\``] : [])).join(', ');
}

/** What is written there: the unit of a number, or the form. */
function valueOf(node: Node): string {
  if (node.unit !== undefined) return node.unit;
  if (node.enum) return node.enum.map((word) => `\`${String(word)}\``).join(', ');
  if (typeof node.const === 'string') return `\`${node.const}\``;
  if (node.items) return node.items.type === 'string' ? 'list of text' : 'list';
  return node.type === undefined ? '' : (FORMS[node.type] ?? '');
}

const FORMS: Readonly<Record<string, string>> = { string: 'text', boolean: '`true`, `false`' };

interface Key {
  readonly key: string;
  readonly node: Node;
  readonly required: boolean;
  /** The engine whose sources have it; null: it is no key of a source. */
  readonly engine: string | null;
}

function* keys(node: Node, prefix: string, engine: string | null = null): Generator<Key> {
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    yield { key: prefix + name, node: child, required: node.required?.includes(name) ?? false, engine };
    yield* below(child, prefix + name, engine);
  }
}

function* below(node: Node, path: string, engine: string | null): Generator<Key> {
  yield* keys(node, `${path}.`, engine);
  if (typeof node.additionalProperties === 'object') yield* below(node.additionalProperties, `${path}.<name>`, engine);
  if (node.items) yield* below(node.items, `${path}[]`, engine);
  for (const choice of [...(node.oneOf ?? []), ...(node.anyOf ?? [])]) {
    const named = choice.properties?.['engine']?.const;
    yield* below(choice, path, typeof named === 'string' ? named : engine);
  }
}

/** What engines have alike stands once; what only some have says which. */
function merged(all: Iterable<Key>): (Omit<Key, 'engine'> & { readonly engines: readonly string[] })[] {
  const found = new Map<string, Key & { readonly engines: string[]; readonly words: unknown[] }>();
  const every = new Set<string>();
  for (const each of all) {
    if (each.engine !== null) every.add(each.engine);
    const word = each.node.const;
    const id = JSON.stringify([each.key, each.required, { ...each.node, const: word === undefined }]);
    const known = found.get(id);
    if (known) {
      known.engines.push(each.engine!);
      known.words.push(word);
    } else found.set(id, { ...each, engines: each.engine === null ? [] : [each.engine], words: [word] });
  }
  const order = [...new Set([...found.values()].map(({ key }) => key))];
  return [...found.values()]
    .sort((a, b) => order.indexOf(a.key) - order.indexOf(b.key))
    .map(({ words, ...each }) => ({
      ...each,
      node: new Set(words).size > 1 ? { ...each.node, enum: words } : each.node,
      engines: each.engines.length === every.size ? [] : each.engines,
    }));
}

function range({ minimum, maximum }: Node): string {
  return minimum === undefined || maximum === undefined ? '' : ` From ${minimum} to ${maximum}.`;
}

function shownDefault(node: Node): string {
  if (node.default === undefined || node.properties) return '';
  return `\`${typeof node.default === 'string' ? node.default : JSON.stringify(node.default)}\``;
}
