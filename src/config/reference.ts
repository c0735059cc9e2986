import { z } from 'zod';
import { configFile } from './schema.js';

type Node = Readonly<{
  type?: string;
  const?: unknown;
  default?: unknown;
  description?: string;
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
  const schema = z.toJSONSchema(configFile, { io: 'input', unrepresentable: 'any' });
  return { title: 'Trainyard configuration', ...schema };
}

/** Every key of the file as rows of a Markdown table. */
export function configReference(): string {
  const lines = ['| key | what | default |', '|---|---|---|'];
  for (const [key, node, required] of keys(configJsonSchema(), '')) {
    const fallback = required ? 'required' : shownDefault(node);
    lines.push(`| \`${key}\` | ${(node.description ?? '').replaceAll('|', '\\|')}${range(node)} | ${fallback} |`);
  }
  return lines.join('\n') + '\n';
}

function* keys(node: Node, prefix: string): Generator<[string, Node, boolean]> {
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    yield [prefix + name, child, node.required?.includes(name) ?? false];
    yield* below(child, prefix + name);
  }
}

function* below(node: Node, path: string): Generator<[string, Node, boolean]> {
  yield* keys(node, `${path}.`);
  if (typeof node.additionalProperties === 'object') yield* below(node.additionalProperties, `${path}.<name>`);
  if (node.items) yield* below(node.items, `${path}[]`);
  for (const choice of [...(node.oneOf ?? []), ...(node.anyOf ?? [])]) yield* below(choice, path);
}

function range({ minimum, maximum }: Node): string {
  return minimum === undefined || maximum === undefined ? '' : ` From ${minimum} to ${maximum}.`;
}

function shownDefault(node: Node): string {
  if (node.default === undefined || node.properties) return '';
  return `\`${typeof node.default === 'string' ? node.default : JSON.stringify(node.default)}\``;
}
