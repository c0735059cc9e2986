import { getNamedType, type FieldNode, type GraphQLObjectType } from 'graphql';
import { badInput } from '../errors.js';
import type { Entity } from '../ir/entity.js';
import type { GroupKeyRef, Input, MeasureRef, QueryLevel } from '../ir/query.js';
import { measureType } from '../ir/select.js';
import { INT64 } from '../ir/types.js';
import { groupKeysOf } from '../planner/group-keys.js';
import { parsePath, typeOfPath } from '../planner/scope.js';
import { argumentsOf, collectFields, type Request } from './collect.js';
import { planeOf } from './plane.js';
import { selectionSets, unasked, whereOf, type From, type LoweredRows, type Selected } from './selected.js';
import type { Entry, Template } from './template.js';

/** Measures over all rows of a level: one row. */
export function lowerAggregate(from: From, entity: Entity, selected: Selected): LoweredRows {
  const lowering = new Measures(entity, [], selected.request);
  const template = lowering.entries(selected.type, selected.nodes, selected.path);
  const shape: QueryLevel['shape'] = { kind: 'aggregate', measures: lowering.measures };
  return { query: { ...unasked(from, selected.path), shape, where: whereOf(selected.args) }, template };
}

/** Measures over groups of a level's rows: a row a group, its keys first. */
export function lowerGroups(from: From, entity: Entity, selected: Selected): LoweredRows {
  const { args, path } = selected;
  const keys = groupKeysOf(entity, args['by'], `${path}.by`);
  const lowering = new Measures(entity, keys, selected.request);
  const template = lowering.entries(selected.type, selected.nodes, path);
  const shape: QueryLevel['shape'] = { kind: 'groups', keys, measures: lowering.measures, having: args['having'] };
  const { orderBy, collate, first, offset } = args;
  return { query: { ...unasked(from, path), shape, where: whereOf(args), orderBy, collate, first, offset }, template };
}

class Measures {
  readonly measures: MeasureRef[] = [];

  constructor(
    private readonly entity: Entity,
    private readonly keys: readonly GroupKeyRef[],
    private readonly request: Request,
  ) {}

  entries(type: GraphQLObjectType, nodes: readonly FieldNode[], path: string): Template {
    return [...collectFields(type, selectionSets(nodes), this.request)].map(([key, same]): Entry => {
      const node = same[0]!;
      if (node.name.value === '__typename') return { kind: 'typename', key, name: type.name };
      const definition = type.getFields()[node.name.value]!;
      const plane = planeOf(definition);
      const inner = getNamedType(definition.type) as GraphQLObjectType;
      const given = argumentsOf(definition, node, this.request);
      switch (plane?.kind) {
        case 'groupKeys':
          return { kind: 'object', key, entries: this.keys.map((each, i) => this.keyColumn(each.name, i)) };
        case 'groupKey':
          return { kind: 'object', key, entries: this.typedKeys(inner, same, `${path}.${key}`) };
        case 'measure': {
          const field = nameOf(given['field'], `${path}.${key}.field`);
          if (given['distinct'] === true && field === null)
            throw badInput(`${path}.${key}.field`, 'a field to count distinct values of', null);
          const fn = plane.fn === 'COUNT' && given['distinct'] === true ? 'COUNT_DISTINCT' : plane.fn;
          const { where, q } = given;
          return this.column(key, { fn, field, where, q, approximate: given['approximate'] === true, collate: null });
        }
        case 'measures': {
          const { where, collate } = given;
          const entries = [...collectFields(inner, selectionSets(same), this.request)].map(([k, [each]]): Entry => {
            const name = each!.name.value;
            if (name === '__typename') return { kind: 'typename', key: k, name: inner.name };
            return this.column(k, { fn: plane.fn, field: name, where, q: null, approximate: false, collate });
          });
          return { kind: 'object', key, entries };
        }
        default:
          throw new Error(`${type.name}.${node.name.value} is no measure`);
      }
    });
  }

  private column(key: string, measure: MeasureRef): Entry {
    const ref = { ...measure, name: key };
    const { entity } = this;
    const type = ref.field === null ? null : typeOfPath(entity, parsePath(entity, ref.field, key));
    const count = ref.fn === 'COUNT' || ref.fn === 'COUNT_DISTINCT';
    return {
      kind: 'column',
      key,
      column: this.keys.length + this.measures.push(ref) - 1,
      type: count ? INT64 : measureType(ref.fn, type),
      nonNull: count,
      field: `${entity.source}.${entity.entity}.${ref.field ?? '*'}`,
      count,
    };
  }

  private keyColumn(key: string, column: number): Entry {
    const { name, type } = this.keys[column]!;
    const field = `${this.entity.source}.${this.entity.entity}.${name}`;
    return { kind: 'column', key, column, type, nonNull: false, field, count: false };
  }

  /** `key { date }`: the key that is made of this field and still has its type. */
  private typedKeys(type: GraphQLObjectType, nodes: readonly FieldNode[], path: string): Template {
    return [...collectFields(type, selectionSets(nodes), this.request)].map(([key, [node]]): Entry => {
      const name = node!.name.value;
      if (name === '__typename') return { kind: 'typename', key, name: type.name };
      const of = (kind: string): number[] =>
        this.keys.flatMap(({ path: { steps, field, nested }, grouping }, i) =>
          steps.length === 0 && [field, ...nested].join('__') === name && grouping.kind === kind ? [i] : [],
        );
      const found = of('value').length > 0 ? of('value') : of('bucket');
      if (found.length === 1) return this.keyColumn(key, found[0]!);
      const hint = 'read it from `keys`, by its name there';
      if (found.length > 1) throw badInput(`${path}.${key}`, `one key that is made of ${name}`, found.length, hint);
      throw badInput(`${path}.${key}`, `a field that is a key in \`by\`, itself or as a bucket`, name, hint);
    });
  }
}

function nameOf(input: Input, field: string): string | null {
  if (input === null || input === undefined) return null;
  if (typeof input !== 'string') throw badInput(field, 'a field', input);
  return input;
}
