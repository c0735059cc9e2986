import type { Value } from '../../src/ir/value.js';

/**
 * Cypher as a tree of text, names and parameters. Only `compile` makes a string of it; only `name` lets a label, a type or
 * a property in, and only `parameter` a value.
 */
export type Fragment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'parameter'; readonly parameter: Parameter }
  | { readonly kind: 'list'; readonly of: readonly Fragment[] };

/** A parameter: its value, the type that the store is sent, and how its form is made a value of the driver. */
export interface Parameter {
  readonly value: Value;
  readonly native: string;
  /** Never called with null. */
  readonly encode: (value: unknown) => unknown;
}

export interface Statement {
  readonly text: string;
  readonly parameters: readonly Parameter[];
}

/** Text of ours with fragments in it: `cypher\`${node}.${name('size')} = ${value}\``. */
export function cypher(texts: TemplateStringsArray, ...fragments: readonly Fragment[]): Fragment {
  const of: Fragment[] = [];
  texts.forEach((text, i) => {
    if (text !== '') of.push({ kind: 'text', text });
    const fragment = fragments[i];
    if (fragment) of.push(fragment);
  });
  return { kind: 'list', of };
}

/** A label, a relationship type or a property: quoted wherever it stands. */
export function name(text: string): Fragment {
  return { kind: 'name', name: text };
}

/** A word of Cypher or a variable, from a table or a count of ours: never anything that came from outside. */
export function keyword(text: string): Fragment {
  return { kind: 'text', text };
}

export function parameter(value: Value, native: string, encode: (value: unknown) => unknown): Fragment {
  return { kind: 'parameter', parameter: { value, native, encode } };
}

export function join(of: readonly Fragment[], separator: Fragment): Fragment {
  return { kind: 'list', of: of.flatMap((each, i) => (i === 0 ? [each] : [separator, each])) };
}

export const NOTHING = cypher``;
export const COMMA = cypher`, `;
export const AND = cypher` AND `;
export const OR = cypher` OR `;

/**
 * The one place where a name is quoted. The store first of all reads `\u0060` anywhere as the character that it stands
 * for, so a backslash is written as its own escape, which is not looked at again.
 */
export function quote(text: string): string {
  return `\`${text.replaceAll('\\', '\\u005C').replaceAll('`', '``')}\``;
}

/** The same value sent in the same way is one parameter, however often it stands in the text. */
export function compile(fragment: Fragment): Statement {
  const parameters: Parameter[] = [];
  const texts: string[] = [];
  const write = (each: Fragment): void => {
    switch (each.kind) {
      case 'text':
        texts.push(each.text);
        return;
      case 'name':
        texts.push(quote(each.name));
        return;
      case 'parameter': {
        const { value, native, encode } = each.parameter;
        const known = parameters.findIndex((p) => p.value === value && p.native === native && p.encode === encode);
        const index = known >= 0 ? known : parameters.push(each.parameter) - 1;
        texts.push(`$p${index}`);
        return;
      }
      case 'list':
        each.of.forEach(write);
    }
  };
  write(fragment);
  return { text: texts.join(''), parameters };
}
