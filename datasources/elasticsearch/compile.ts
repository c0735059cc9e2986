import { columnTypes, type Select } from '../../src/ir/select.js';
import { typeName, type DataType } from '../../src/ir/types.js';
import type { NativeText } from '../../src/store/store.js';
import { shownKey } from './key-sources.js';
import { levelOf, type Column, type Level } from './level.js';
import { Among, Late, type Found, type Query } from './query.js';

/** A select as it is carried out in Elasticsearch: pure data, the values in it as slots. */
export interface ElasticsearchQuery {
  readonly level: Level;
  readonly columns: readonly DataType[];
}

export function compile(select: Select): ElasticsearchQuery {
  return { level: levelOf(select), columns: columnTypes(select) };
}

/** The searches of a level as `explain` shows them: `$1` for the first value. */
export function print({ level }: ElasticsearchQuery): NativeText {
  const parameters: string[] = [];
  return { language: 'elasticsearch', text: JSON.stringify(shownLevel(level, parameters), null, 1), parameters };
}

function shownLevel(level: Level, parameters: string[]): unknown {
  const { index, query, scoring, fields, sort, groups, parents, output, order, select } = level;
  const shown = (part: unknown): unknown => shownQuery(part, parameters);
  const lookups = [...output, ...order, ...(groups?.keys ?? [])].flatMap((column) => shownColumn(column, parameters));
  return {
    index,
    query: shown(query),
    ...(scoring ? { scoring: shown(scoring) } : {}),
    fields: fields.map(shownKey),
    ...(sort ? { sort } : select.orderBy.length > 0 && !groups ? { sortedBy: 'gateway' } : {}),
    ...(groups
      ? {
          groups: groups.measures.map((each) => ({
            query: shown(each.query),
            of: each.fields.map((i) => fields[i]!.native.exact),
          })),
        }
      : {}),
    ...(lookups.length > 0 ? { lookups } : {}),
    ...(select.within ? { within: parents ? shownLevel(parents, parameters) : 'keys' } : {}),
  };
}

function shownColumn(column: Column, parameters: string[]): unknown[] {
  return column.kind === 'found' ? [shownLevel(column.level, parameters)] : [];
}

function shownQuery(query: unknown, parameters: string[]): unknown {
  if (query instanceof Late) {
    const marks = query.values.map(({ type, many }) => {
      parameters.push(many ? `[${typeName(type)}]` : typeName(type));
      return `$${parameters.length}`;
    });
    return { [query.test]: { [query.path]: marks.length === 1 ? marks[0] : marks } };
  }
  if (query instanceof Among) return shownAmong(query, parameters);
  if (Array.isArray(query)) return query.map((each: Query) => shownQuery(each, parameters));
  if (typeof query !== 'object' || query === null) return query;
  return Object.fromEntries(Object.entries(query).map(([name, each]) => [name, shownQuery(each, parameters)]));
}

function shownAmong({ step, found, negated }: Among, parameters: string[]): unknown {
  if (step === null || found.kind === 'nearest')
    return { [negated ? 'not nearest' : 'nearest']: shownNearest(found, parameters) };
  const keys = step.relation.on.map(({ from }) => from.name);
  const of =
    found.kind === 'rows'
      ? { index: step.to.entity.entity, query: shownQuery(found.query, parameters) }
      : { measured: step.to.entity.entity };
  return { [negated ? 'not among' : 'among']: { keys, of } };
}

function shownNearest(found: Found, parameters: string[]): unknown {
  if (found.kind !== 'nearest') throw new Error('keys of another kind');
  parameters.push(typeName(found.vector.type), typeName(found.k.type));
  const { length } = parameters;
  const { path, similarity, among } = found;
  const [vector, k] = [`$${length - 1}`, `$${length}`];
  return { field: path, similarity: similarity.kind, vector, k, filter: shownQuery(among, parameters) };
}
