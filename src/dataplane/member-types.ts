import {
  GraphQLBoolean,
  GraphQLInputObjectType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLInputType,
  type GraphQLOutputType,
} from 'graphql';
import type { Entity, Field } from '../ir/entity.js';
import { isOrdered, membersOf, typeName, type DataType } from '../ir/types.js';
import { upperFirst } from '../sources/names.js';
import { shownMembers } from './nested.js';
import { plane } from './plane.js';
import { GEO_POINT, ORDER, type ValueTypes } from './types.js';

type Suffix = '' | 'Where' | 'OrderBy' | 'ListFilter';

/** The types of what stands in fields: objects, and the inputs that look into them and into json with known members. */
export class MemberTypes {
  private readonly made = new Map<string, GraphQLInputObjectType | GraphQLObjectType>();
  private readonly bases = new Map<string, string>();

  constructor(
    private readonly values: ValueTypes,
    private readonly claimBase: (wanted: string) => string,
  ) {}

  /** The type of a field in answers. */
  output(entity: Entity, base: string, field: Field): GraphQLOutputType {
    return this.outputOf(`${base}_${upperFirst(field.name)}`, field.type, entity.source);
  }

  private outputOf(base: string, type: DataType, source: string): GraphQLOutputType {
    if (type.kind === 'geopoint') return GEO_POINT;
    if (type.kind === 'list') return new GraphQLList(this.outputOf(base, type.of, source));
    const members = shownMembers(type);
    if (members === null) return this.values.output(type, source);
    return this.once(
      base,
      '',
      (name) =>
        new GraphQLObjectType({
          name,
          description: 'What stands in this field; values that JSON cannot hold are null and counted.',
          fields: () =>
            Object.fromEntries(
              members.map((member) => [
                member.name,
                plane(
                  { kind: 'member', member },
                  this.outputOf(`${base}_${upperFirst(member.name)}`, member.type, source),
                  `Type ${typeName(member.type)}.`,
                ),
              ]),
            ),
        }),
    );
  }

  /** What can be asked of a field in `where`. */
  filter(entity: Entity, base: string, field: Field): GraphQLInputType {
    // Lists and objects that are searched are asked as such: the words in them by a search of the row.
    const { kind } = field.type;
    if (field.search && kind !== 'list' && kind !== 'struct' && kind !== 'json') return this.values.searchFilter();
    return this.filterOf(`${base}_${upperFirst(field.name)}`, field.type, entity.source);
  }

  /** How a field can stand in an order; null when it cannot. */
  order(base: string, field: Field): GraphQLInputType | null {
    return this.orderOf(`${base}_${upperFirst(field.name)}`, field.type);
  }

  private filterOf(base: string, type: DataType, source: string): GraphQLInputType {
    if (type.kind === 'list' && membersOf(type.of).length > 0) return this.elementsOf(base, type.of, source);
    const members = membersOf(type);
    if (members.length === 0) return this.values.filter(type, source);
    return this.input(base, 'Where', (name) => ({
      name,
      description:
        'What must hold of what stands in this field; all given hold. A value of another type counts as null.',
      fields: () => ({
        isNull: { type: GraphQLBoolean, description: 'true: there is nothing; false: there is something.' },
        ...Object.fromEntries(
          members.map((member) => [
            member.name,
            {
              type: this.filterOf(`${base}_${upperFirst(member.name)}`, member.type, source),
              description: `Of ${member.name}.`,
            },
          ]),
        ),
      }),
    }));
  }

  private orderOf(base: string, type: DataType): GraphQLInputType | null {
    const members = membersOf(type);
    if (members.length === 0) return isOrdered(type) ? ORDER : null;
    const orders = members.flatMap((member) => {
      const order = this.orderOf(`${base}_${upperFirst(member.name)}`, member.type);
      return order ? [[member.name, { type: order, description: `By ${member.name}.` }] as const] : [];
    });
    if (orders.length === 0) return null;
    return this.input(base, 'OrderBy', (name) => ({
      name,
      isOneOf: true,
      description: 'What stands in this field, to order by; a value of another type counts as null.',
      fields: () => Object.fromEntries(orders),
    }));
  }

  /** What must hold of a list of objects. */
  private elementsOf(base: string, of: DataType, source: string): GraphQLInputObjectType {
    return this.input(base, 'ListFilter', (name) => ({
      name,
      description: 'What must hold of the elements of a list; all given hold. A null list answers nothing.',
      fields: () => {
        const element = this.elementWhere(base, of, source);
        return {
          isNull: { type: GraphQLBoolean, description: 'true: there is no list; false: there is one.' },
          isEmpty: { type: GraphQLBoolean, description: 'true: it has no element; false: it has some.' },
          some: { type: element, description: 'There is such an element.' },
          every: { type: element, description: 'There is no element of which this is not true.' },
          none: { type: element, description: 'There is no such element.' },
        };
      },
    }));
  }

  private elementWhere(base: string, of: DataType, source: string): GraphQLInputObjectType {
    return this.input(base, 'Where', (name) => ({
      name,
      description: 'What must hold of one element; all given hold, {} holds of every one.',
      fields: () => {
        const self = this.elementWhere(base, of, source);
        const many = new GraphQLList(new GraphQLNonNull(self));
        return {
          _and: { type: many, description: 'All of these.' },
          _or: { type: many, description: 'One of these.' },
          _not: { type: self, description: 'Not this; negation goes to the leaves.' },
          ...Object.fromEntries(
            membersOf(of).map((member) => [
              member.name,
              {
                type: this.filterOf(`${base}_${upperFirst(member.name)}`, member.type, source),
                description: `Of ${member.name}.`,
              },
            ]),
          ),
        };
      },
    }));
  }

  private input(
    wanted: string,
    suffix: Suffix,
    make: (name: string) => ConstructorParameters<typeof GraphQLInputObjectType>[0],
  ): GraphQLInputObjectType {
    return this.once(wanted, suffix, (name) => new GraphQLInputObjectType(make(name)));
  }

  private once<T extends GraphQLInputObjectType | GraphQLObjectType>(
    wanted: string,
    suffix: Suffix,
    make: (name: string) => T,
  ): T {
    const known = this.made.get(wanted + suffix);
    if (known) return known as T;
    const base = this.bases.get(wanted) ?? this.claimBase(wanted);
    this.bases.set(wanted, base);
    const type = make(base + suffix);
    this.made.set(wanted + suffix, type);
    return type;
  }
}
