import type { Value } from '../../src/ir/value.js';

/**
 * SQL as a tree of text, names and parameters. Only `compile` makes a string of it; only `identifier` lets a name in and
 * only `parameter` a value.
 */
export type Fragment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'identifier'; readonly name: string }
  | { readonly kind: 'parameter'; readonly parameter: Parameter }
  | { readonly kind: 'list'; readonly of: readonly Fragment[] };

/** Makes of a value in the form of ir/types.ts what the store's driver takes. Never called with null. */
export type Encode = (value: unknown) => unknown;

/** A parameter: its value, the native type it is cast to, and how its form is written for the store. */
export interface Parameter {
  readonly value: Value;
  readonly native: string;
  readonly encode: Encode;
}

export interface Statement {
  readonly text: string;
  readonly parameters: readonly Parameter[];
}

/** Text of ours with fragments in it: `sql\`${column} = ${value}\``. */
export function sql(texts: TemplateStringsArray, ...fragments: readonly Fragment[]): Fragment {
  const of: Fragment[] = [];
  texts.forEach((text, i) => {
    if (text !== '') of.push({ kind: 'text', text });
    const fragment = fragments[i];
    if (fragment) of.push(fragment);
  });
  return { kind: 'list', of };
}

export function identifier(...path: readonly string[]): Fragment {
  return join(
    path.map((name) => ({ kind: 'identifier', name })),
    sql`.`,
  );
}

export function join(of: readonly Fragment[], separator: Fragment): Fragment {
  return { kind: 'list', of: of.flatMap((each, i) => (i === 0 ? [each] : [separator, each])) };
}

/** A word of SQL chosen from a fixed table of ours: never anything that came from outside. */
export function keyword(text: string): Fragment {
  return { kind: 'text', text };
}

export const COMMA = sql`, `;
export const AND = sql` and `;
export const OR = sql` or `;

/** How the text itself is spelled. */
export interface Spelling {
  readonly quote: (name: string) => string;
  /** The `index`-th parameter, counted from 1, as a value of a native type. */
  readonly placeholder: (index: number, native: string) => string;
  /** Whether parameters are numbered; where they are not, each is sent as often as it stands in the text. */
  readonly numbered: boolean;
}

/** The same value in the same native type is one parameter where these are numbered, however often it stands in the text. */
export function compile(fragment: Fragment, spelling: Spelling): Statement {
  const parameters: Parameter[] = [];
  const write = (each: Fragment): string => {
    switch (each.kind) {
      case 'text':
        return each.text;
      case 'identifier':
        return spelling.quote(each.name);
      case 'parameter': {
        const { value, native, encode } = each.parameter;
        const known = spelling.numbered
          ? parameters.findIndex((p) => p.value === value && p.native === native && p.encode === encode)
          : -1;
        const index = known >= 0 ? known + 1 : parameters.push(each.parameter);
        return spelling.placeholder(index, native);
      }
      case 'list':
        return each.of.map(write).join('');
    }
  };
  return { text: write(fragment), parameters };
}
