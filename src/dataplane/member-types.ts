import { GraphQLBoolean, GraphQLInputObjectType, type GraphQLInputType } from 'graphql';
import type { Entity, Field } from '../ir/entity.js';
import { isOrdered, membersOf, type DataType } from '../ir/types.js';
import { upperFirst } from '../sources/names.js';
import { ORDER, type ValueTypes } from './types.js';

/** The inputs that look into fields with known members. */
export class MemberTypes {
  private readonly made = new Map<string, GraphQLInputObjectType>();

  constructor(
    private readonly values: ValueTypes,
    private readonly claimBase: (wanted: string) => string,
  ) {}

  /** What can be asked of a field in `where`. */
  filter(entity: Entity, base: string, field: Field): GraphQLInputType {
    return this.filterOf(`${base}_${upperFirst(field.name)}`, field.type, entity.source);
  }

  /** How a field can stand in an order; null when it cannot. */
  order(base: string, field: Field): GraphQLInputType | null {
    return this.orderOf(`${base}_${upperFirst(field.name)}`, field.type);
  }

  private filterOf(base: string, type: DataType, source: string): GraphQLInputType {
    const members = membersOf(type);
    if (members.length === 0) return this.values.filter(type, source);
    return this.once(base, 'Where', (name) => ({
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
    return this.once(base, 'OrderBy', (name) => ({
      name,
      isOneOf: true,
      description: 'What stands in this field, to order by; a value of another type counts as null.',
      fields: () => Object.fromEntries(orders),
    }));
  }

  private once(
    wanted: string,
    suffix: 'Where' | 'OrderBy',
    make: (name: string) => ConstructorParameters<typeof GraphQLInputObjectType>[0],
  ): GraphQLInputObjectType {
    const known = this.made.get(wanted + suffix);
    if (known) return known;
    const other = this.made.get(wanted + (suffix === 'Where' ? 'OrderBy' : 'Where'));
    const base = other ? other.name.replace(/(?:Where|OrderBy)$/, '') : this.claimBase(wanted);
    const type = new GraphQLInputObjectType(make(base + suffix));
    this.made.set(wanted + suffix, type);
    return type;
  }
}
