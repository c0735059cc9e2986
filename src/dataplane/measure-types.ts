import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLInputObjectType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLFieldConfigMap,
  type GraphQLInputFieldConfigMap,
  type GraphQLInputType,
} from 'graphql';
import { SafeIntScalar } from '../../schema/scalars.js';
import type { Entity } from '../ir/entity.js';
import { measureType, type MeasureFn } from '../ir/select.js';
import { MEASURABLE } from '../planner/scope.js';
import type { EntityTypes } from './entity-types.js';
import { leavesOf, type PathLeaf } from './leaves.js';
import { plane } from './plane.js';
import { COLLATION, ORDER, type ValueTypes } from './types.js';

const MEASURES: Readonly<Record<string, { readonly fn: MeasureFn; readonly suffix: string; readonly text: string }>> = {
  sum: {
    fn: 'SUM',
    suffix: 'Sum',
    text: 'Sum of the non-null values, exact for integers and decimals; null over nothing.',
  },
  avg: { fn: 'AVG', suffix: 'Avg', text: 'Mean of the non-null values; null over nothing.' },
  min: { fn: 'MIN', suffix: 'MinMax', text: 'Smallest value; NaN is above every number; null over nothing.' },
  max: { fn: 'MAX', suffix: 'MinMax', text: 'Largest value; NaN is above every number; null over nothing.' },
  stddev: { fn: 'STDDEV', suffix: 'Spread', text: 'Standard deviation of the sample (n − 1); null below two values.' },
  stddevPop: {
    fn: 'STDDEV_POP',
    suffix: 'Spread',
    text: 'Standard deviation of the population (n); null over nothing.',
  },
  variance: { fn: 'VARIANCE', suffix: 'Spread', text: 'Variance of the sample (n − 1); null below two values.' },
  variancePop: { fn: 'VARIANCE_POP', suffix: 'Spread', text: 'Variance of the population (n); null over nothing.' },
};

const APPROXIMATE = {
  type: GraphQLBoolean,
  description:
    'true: an estimate will do, where the store has one; `extensions.trainyard.estimates` names those that are. Else exact.',
};

/** The types of measures over an entity's rows: as answers, and as what to filter and order parents by. */
export class MeasureTypes {
  constructor(
    private readonly types: EntityTypes,
    private readonly values: ValueTypes,
  ) {}

  aggregate(entity: Entity): GraphQLObjectType {
    return this.types.once(
      entity,
      'Aggregate',
      (name) =>
        new GraphQLObjectType({
          name,
          description: `Measures over rows of ${entity.entity}.`,
          fields: () => this.fields(entity),
        }),
    );
  }

  fields(entity: Entity): GraphQLFieldConfigMap<unknown, unknown> {
    const where = { type: this.types.where(entity), description: 'Narrows this measure alone.' };
    const fields: GraphQLFieldConfigMap<unknown, unknown> = {
      count: {
        ...plane(
          { kind: 'measure', fn: 'COUNT' },
          new GraphQLNonNull(SafeIntScalar),
          'Number of rows, or of non-null values of `field`.',
        ),
        args: {
          ...(leavesOf(entity).length > 0
            ? { field: { type: this.types.fieldEnum(entity), description: 'Count its non-null values.' } }
            : {}),
          distinct: { type: GraphQLBoolean, description: 'Count distinct values of `field`.' },
          approximate: APPROXIMATE,
          where,
        },
      },
    };
    for (const [name, { fn, suffix, text }] of Object.entries(MEASURES)) {
      const type = this.measured(entity, fn, suffix);
      if (type)
        fields[name] = {
          ...plane({ kind: 'measures', fn }, new GraphQLNonNull(type), text),
          args: {
            where,
            ...(fn === 'MIN' || fn === 'MAX'
              ? { collate: { type: COLLATION, description: 'How text compares. Default STORE.' } }
              : {}),
          },
        };
    }
    const numeric = this.measurable(entity, 'QUANTILE');
    if (numeric.length > 0) {
      fields['quantile'] = {
        ...plane(
          { kind: 'measure', fn: 'QUANTILE' },
          GraphQLFloat,
          'Quantile by linear interpolation between closest ranks (type 7 of Hyndman and Fan, 1996); null over nothing.',
        ),
        args: {
          field: { type: new GraphQLNonNull(this.types.fieldEnum(entity)), description: 'A numeric field.' },
          q: { type: new GraphQLNonNull(GraphQLFloat), description: 'Within 0 and 1.' },
          approximate: APPROXIMATE,
          where,
        },
      };
    }
    return fields;
  }

  private measurable(entity: Entity, fn: MeasureFn): readonly PathLeaf[] {
    return leavesOf(entity).filter((leaf) => MEASURABLE[fn](leaf.type));
  }

  private measured(entity: Entity, fn: MeasureFn, suffix: string): GraphQLObjectType | null {
    const fields = this.measurable(entity, fn);
    if (fields.length === 0) return null;
    return this.types.once(
      entity,
      suffix,
      (name) =>
        new GraphQLObjectType({
          name,
          description: `A measure of each field of ${entity.entity} that has one.`,
          fields: () =>
            Object.fromEntries(
              fields.map((field) => [
                field.name,
                plane(
                  { kind: 'measured', path: field.name },
                  this.values.output(measureType(fn, field.type), entity.source),
                  `Of ${field.name}.`,
                ),
              ]),
            ),
        }),
    );
  }

  filter(entity: Entity): GraphQLInputObjectType {
    return this.overMeasures(
      entity,
      'AggregateFilter',
      'Filter',
      false,
      `What must hold of measures over the related rows of ${entity.entity}; all given hold.`,
      (field, fn) => this.values.filter(measureType(fn, field.type), entity.source),
      {
        where: { type: this.types.where(entity), description: 'Which of the related rows are measured.' },
        count: { type: this.values.countFilter(), description: 'Of their number.' },
      },
    );
  }

  order(entity: Entity): GraphQLInputObjectType {
    return this.overMeasures(
      entity,
      'AggregateOrderBy',
      'OrderBy',
      true,
      `A measure over the related rows of ${entity.entity} to order by.`,
      () => ORDER,
      { count: { type: ORDER, description: 'By their number.' } },
    );
  }

  /** An input with a field a measure, each an input with a field an entity's field. */
  private overMeasures(
    entity: Entity,
    suffix: string,
    innerSuffix: string,
    isOneOf: boolean,
    description: string,
    leaf: (field: PathLeaf, fn: MeasureFn) => GraphQLInputType,
    own: GraphQLInputFieldConfigMap,
  ): GraphQLInputObjectType {
    return this.types.once(
      entity,
      suffix,
      (name) =>
        new GraphQLInputObjectType({
          name,
          isOneOf,
          description,
          fields: () => {
            const fields: GraphQLInputFieldConfigMap = { ...own };
            for (const [key, { fn, suffix: kind, text }] of Object.entries(MEASURES)) {
              const some = this.measurable(entity, fn);
              if (some.length === 0) continue;
              const type = this.types.once(
                entity,
                kind + innerSuffix,
                (inner) =>
                  new GraphQLInputObjectType({
                    name: inner,
                    isOneOf,
                    description: `Fields of ${entity.entity} that can be measured so.`,
                    fields: () =>
                      Object.fromEntries(
                        some.map((f) => [f.name, { type: leaf(f, fn), description: `Of ${f.name}.` }]),
                      ),
                  }),
              );
              fields[key] = { type, description: text };
            }
            return fields;
          },
        }),
    );
  }
}
