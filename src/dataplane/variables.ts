import { isEnumType, isInputObjectType, isListType, isNonNullType, type GraphQLInputType } from 'graphql';
import { Hole, type Input } from '../ir/query.js';

/**
 * A variable's value as an argument: structure stays, leaves become Holes, so that a plan made from it serves every
 * other value of the same shape. What was kept is written to `key`, which therefore names the shape.
 */
export function expandVariable(
  value: unknown,
  type: GraphQLInputType,
  name: string,
  literal: boolean,
  key: string[],
): Input {
  const read: Hole['read'] = (variables) => variables[name];
  if (literal) return keep(value, key);
  return expand(value, type, `$${name}`, read, key);
}

function expand(value: unknown, type: GraphQLInputType, path: string, read: Hole['read'], key: string[]): Input {
  if (isNonNullType(type)) return expand(value, type.ofType, path, read, key);
  if (value === undefined || value === null) return keep(value, key);
  if (isListType(type)) {
    if (!Array.isArray(value)) return keep(value, key);
    const inner = isNonNullType(type.ofType) ? type.ofType.ofType : type.ofType;
    if (!isInputObjectType(inner) && !isEnumType(inner) && !isListType(inner)) return hole(path, read, key, '[#]');
    key.push('[');
    const items = value.map((each, i) =>
      expand(each, type.ofType, `${path}[${i}]`, (v) => (read(v) as unknown[])[i], key),
    );
    key.push(']');
    return items;
  }
  if (isInputObjectType(type)) {
    const fields = type.getFields();
    key.push('{');
    const entries = Object.entries(value).map(([name, each]) => {
      key.push(name, ':');
      if (fields[name]!.extensions['naming'] === true) return [name, keep(each, key)] as const;
      return [
        name,
        expand(each, fields[name]!.type, `${path}.${name}`, (v) => (read(v) as Record<string, unknown>)[name], key),
      ] as const;
    });
    key.push('}');
    return Object.fromEntries(entries);
  }
  if (isEnumType(type) || typeof value === 'boolean') return keep(value, key);
  return type.name === 'JSON' ? expandJson(value, path, read, key) : hole(path, read, key, '#');
}

/** Words of the grammar, which decide the shape of a plan wherever they stand. */
const WORDS = /^(?:(?:ASC|DESC)(?:_NULLS_(?:FIRST|LAST))?|EQ|NE|LT|LTE|GT|GTE|STORE|BINARY)$/;
const NAMING = new Set(['left', 'right', 'field']);

/** The same for JSON: objects are structure, a list of scalars is one value, words of the grammar are structure. */
export function expandJson(value: unknown, path: string, read: Hole['read'], key: string[], name = ''): Input {
  if (value === null || value === undefined || typeof value === 'boolean') return keep(value, key);
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every((each) => typeof each !== 'object' || each === null))
      return hole(path, read, key, '[#]');
    key.push('[');
    const items = value.map((each, i) => expandJson(each, `${path}[${i}]`, (v) => (read(v) as unknown[])[i], key));
    key.push(']');
    return items;
  }
  if (typeof value === 'object') {
    key.push('{');
    const entries = Object.entries(value).map(([inner, each]) => {
      key.push(JSON.stringify(inner), ':');
      return [
        inner,
        expandJson(each, `${path}.${inner}`, (v) => (read(v) as Record<string, unknown>)[inner], key, inner),
      ] as const;
    });
    key.push('}');
    return Object.fromEntries(entries);
  }
  if (typeof value === 'string' && (NAMING.has(name) || WORDS.test(value))) return keep(value, key);
  return hole(path, read, key, '#');
}

function hole(path: string, read: Hole['read'], key: string[], mark: string): Hole {
  key.push(mark);
  return new Hole(path, read);
}

function keep(value: unknown, key: string[]): unknown {
  const text = (v: unknown): string =>
    JSON.stringify(v, (_, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each));
  key.push(value === undefined ? '-' : text(value));
  return value;
}
