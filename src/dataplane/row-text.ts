import type { Row } from '../store/batch.js';
import type { Entry, Template } from './template.js';

/** The JSON text of a row; null when a value that is never null was. */
export type RowText = (row: Row) => string | null;

type Column = Extract<Entry, { kind: 'column' }>;
type Child = Extract<Entry, { kind: 'child' | 'connection' }>;

/** What a template needs to become text: columns never see null, children always give text. */
export interface Parts {
  column(entry: Column): (value: unknown) => string;
  child(entry: Child): (row: Row) => string;
  /** Told of a null in a column that is never null. */
  missing(entry: Column): () => null;
}

type Part = (argument: never) => unknown;
type Factory = (parts: readonly Part[]) => RowText;

const factories = new WeakMap<Template, Factory>();

/**
 * One function a template that writes a row in a single expression: made once and kept with the plan, since a loop over
 * closures costs twice as much. What goes into its text is ours: indexes, and response names, which the grammar of
 * GraphQL holds to letters, digits and `_`, as JSON strings.
 */
export function rowText(template: Template, keyColumns: number, parts: Parts): RowText {
  let factory = factories.get(template);
  if (!factory) factories.set(template, (factory = build(template, keyColumns)));
  return factory(
    leaves(template).flatMap((entry): Part[] =>
      entry.kind === 'column' ? [parts.column(entry), parts.missing(entry)] : [parts.child(entry)],
    ),
  );
}

/** The columns and children of a template in its order, those of objects inside included. */
function leaves(template: Template): (Column | Child)[] {
  return template.flatMap((entry) =>
    entry.kind === 'object' ? leaves(entry.entries) : entry.kind === 'typename' ? [] : [entry],
  );
}

function build(template: Template, keyColumns: number): Factory {
  const checks: string[] = [];
  const names: string[] = [];
  const name = (): string => {
    names.push(`p${names.length}`);
    return names.at(-1)!;
  };
  const value = (entry: Entry): string => {
    switch (entry.kind) {
      case 'typename':
        return literal(JSON.stringify(entry.name));
      case 'object':
        return object(entry.entries);
      case 'child':
      case 'connection':
        return `${name()}(row)`;
      case 'column': {
        const at = `row[${keyColumns + entry.column}]`;
        const [text, missing] = [name(), name()];
        if (!entry.nonNull) return `(${at} === null ? 'null' : ${text}(${at}))`;
        checks.push(`if (${at} === null) return ${missing}();`);
        return `${text}(${at})`;
      }
    }
  };
  const object = (entries: Template): string => {
    const members = entries.map(
      (entry, i) => `${literal(`${i === 0 ? '{' : ','}${JSON.stringify(entry.key)}:`)} + ${value(entry)}`,
    );
    return members.length === 0 ? `'{}'` : `${members.join(' + ')} + '}'`;
  };
  const body = object(template);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- see above
  return new Function(
    'parts',
    `const [${names.join(', ')}] = parts; return (row) => { ${checks.join(' ')} return ${body}; };`,
  ) as Factory;
}

function literal(text: string): string {
  return JSON.stringify(text);
}
