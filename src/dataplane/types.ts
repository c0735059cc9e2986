import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLFloat,
  GraphQLID,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
  type GraphQLInputFieldConfigMap,
  type GraphQLScalarType,
} from 'graphql';
import {
  BigIntScalar,
  BytesScalar,
  DateScalar,
  DateTimeScalar,
  DecimalScalar,
  DurationScalar,
  JSONScalar,
  LocalDateTimeScalar,
  SafeIntScalar,
  TimeScalar,
  UUIDScalar,
  VectorScalar,
} from '../../schema/scalars.js';
import { isCollated, type DataType } from '../ir/types.js';
import { shownMembers } from './nested.js';
import { plane } from './plane.js';
import { operatorsOf } from '../planner/bind-where.js';
import { legalEnumName, upperFirst } from '../sources/names.js';

export const ORDER = new GraphQLEnumType({
  name: 'Order',
  description: 'Direction and place of nulls. ASC and DESC put nulls last.',
  values: { ASC: {}, ASC_NULLS_FIRST: {}, ASC_NULLS_LAST: {}, DESC: {}, DESC_NULLS_FIRST: {}, DESC_NULLS_LAST: {} },
});

export const COLLATION = new GraphQLEnumType({
  name: 'Collation',
  description: 'How text is ordered and compared by lt, lte, gt, gte: as its store does, or by the bytes of its UTF-8.',
  values: { STORE: {}, BINARY: {} },
});

/** A place on the Earth, in answers. */
export const GEO_POINT = new GraphQLObjectType({
  name: 'GeoPoint',
  description: 'A place on the Earth (WGS 84), in degrees.',
  fields: Object.fromEntries(
    shownMembers({ kind: 'geopoint' })!.map((member) => [
      member.name,
      plane(
        { kind: 'member', member },
        new GraphQLNonNull(GraphQLFloat),
        member.name === 'lon' ? 'Longitude, from -180 to 180.' : 'Latitude, from -90 to 90.',
      ),
    ]),
  ),
});

const GEO_POINT_INPUT = new GraphQLInputObjectType({
  name: 'GeoPointInput',
  description: 'A place on the Earth (WGS 84), in degrees.',
  fields: {
    lon: { type: new GraphQLNonNull(GraphQLFloat), description: 'Longitude, from -180 to 180.' },
    lat: { type: new GraphQLNonNull(GraphQLFloat), description: 'Latitude, from -90 to 90.' },
  },
});

const GEO_POINT_FILTER = new GraphQLInputObjectType({
  name: 'GeoPointFilter',
  description: 'What must hold of a place; all operators given hold. Null is neither near nor within.',
  fields: {
    isNull: { type: GraphQLBoolean, description: 'true: null; false: not null.' },
    near: {
      type: new GraphQLInputObjectType({
        name: 'GeoNear',
        description:
          'At most so far from a place, over the great circle; stores differ in the radius of the Earth by up to 0.2 %.',
        fields: {
          point: { type: new GraphQLNonNull(GEO_POINT_INPUT), description: 'The place.' },
          metres: { type: new GraphQLNonNull(GraphQLFloat), description: 'How far at most, from 0.' },
        },
      }),
      description: 'At most so far from a place.',
    },
    within: {
      type: new GraphQLList(new GraphQLNonNull(GEO_POINT_INPUT)),
      description: 'Inside of the polygon of these corners, at least three; on its edge is left to the store.',
    },
  },
});

export const COMPARISON = new GraphQLEnumType({
  name: 'Comparison',
  description: 'How two fields of one row are compared; never true when one of them is null.',
  values: { EQ: {}, NE: {}, LT: {}, LTE: {}, GT: {}, GTE: {} },
});

const SCALARS = {
  bool: GraphQLBoolean,
  text: GraphQLString,
  opaque: GraphQLString,
  id: GraphQLID,
  float: GraphQLFloat,
  decimal: DecimalScalar,
  uuid: UUIDScalar,
  bytes: BytesScalar,
  date: DateScalar,
  time: TimeScalar,
  localdatetime: LocalDateTimeScalar,
  instant: DateTimeScalar,
  duration: DurationScalar,
  json: JSONScalar,
  struct: JSONScalar,
  vector: VectorScalar,
  geopoint: JSONScalar,
} as const;

/** The suffixes of the types that hang on an enum: its filter, and those of lists of it, however deep a store has them. */
export const VALUE_SUFFIXES: readonly string[] = [
  '',
  ...Array.from({ length: 7 }, (_, depth) => `${'List'.repeat(depth)}Filter`),
];

/** The GraphQL type of a value, in answers and in arguments. */
export type ValueType = GraphQLScalarType | GraphQLEnumType | GraphQLList<ValueType>;

/** The GraphQL types of values and their filters, each made once a schema. */
export class ValueTypes {
  private readonly filters = new Map<string, GraphQLInputObjectType>();
  private readonly enums = new Map<string, GraphQLEnumType | null>();

  /** `claim` gives a type name that nothing else has, nor its filters. */
  constructor(private readonly claim: (wanted: string) => string) {}

  output(type: DataType, source: string): ValueType {
    if (type.kind === 'list') return new GraphQLList(this.output(type.of, source));
    return this.scalar(type, source);
  }

  scalar(type: Exclude<DataType, { kind: 'list' }>, source: string): GraphQLScalarType | GraphQLEnumType {
    if (type.kind === 'int') return type.bits === 64 ? BigIntScalar : GraphQLInt;
    if (type.kind === 'enum') return this.enumOf(type, source) ?? GraphQLString;
    return SCALARS[type.kind];
  }

  /** null when the labels cannot be told apart once they are made legal: such an enum is a String. */
  enumOf(type: Extract<DataType, { kind: 'enum' }>, source: string): GraphQLEnumType | null {
    const id = JSON.stringify([source, type.name, type.values]);
    const known = this.enums.get(id);
    if (known !== undefined) return known;
    const names = type.values.map(legalEnumName);
    const made =
      names.length === 0 || new Set(names).size < names.length
        ? null
        : new GraphQLEnumType({
            name: this.claim(`${upperFirst(source)}_${upperFirst(legalEnumName(type.name))}`),
            description: `The enum ${type.name} of ${source}, in its declared order.`,
            values: Object.fromEntries(
              names.map((name, i) => [
                name,
                name === type.values[i]
                  ? { value: name }
                  : { value: type.values[i], description: `Stands for ${JSON.stringify(type.values[i])}.` },
              ]),
            ),
          });
    this.enums.set(id, made);
    return made;
  }

  /** The filter of a field of this type: one input for each GraphQL type. */
  filter(type: DataType, source: string): GraphQLInputObjectType {
    if (type.kind === 'geopoint') return GEO_POINT_FILTER;
    const name = this.filterName(type, source);
    const known = this.filters.get(name);
    if (known) return known;
    const made = new GraphQLInputObjectType({
      name,
      description: `What must hold of ${this.filtered(type, source)}; all operators given hold. A comparison with null is never true.`,
      fields: () => this.filterFields(type, source),
    });
    this.filters.set(name, made);
    return made;
  }

  /** The filter of text that can be searched. */
  searchFilter(): GraphQLInputObjectType {
    const known = this.filters.get('SearchStringFilter');
    if (known) return known;
    const made = new GraphQLInputObjectType({
      name: 'SearchStringFilter',
      description: 'What must hold of a text that can be searched; all operators given hold.',
      fields: () => ({
        ...this.filterFields({ kind: 'text' }, ''),
        matches: { type: GraphQLString, description: 'Has all of these words, as the store makes words of text.' },
      }),
    });
    this.filters.set('SearchStringFilter', made);
    return made;
  }

  /** The filter of a count. */
  countFilter(): GraphQLInputObjectType {
    const known = this.filters.get('SafeIntFilter');
    if (known) return known;
    const made = new GraphQLInputObjectType({
      name: 'SafeIntFilter',
      description: 'What must hold of a count; all operators given hold.',
      fields: () => this.operatorFields(operatorsOf({ kind: 'int', bits: 64 }), SafeIntScalar, false),
    });
    this.filters.set('SafeIntFilter', made);
    return made;
  }

  /** What a filter is of, in words: one serves every type of a store that GraphQL has one type for. */
  private filtered(type: DataType, source: string): string {
    if (type.kind === 'list') return `a list, each element of it ${this.filtered(type.of, source)}`;
    if (type.kind === 'opaque') return 'a value of a type of the store that is shown as its text';
    if (type.kind === 'enum' && !this.enumOf(type, source)) return 'a label of an enum that is shown as a String';
    return `a value of type ${this.scalar(type, source).name}`;
  }

  private filterName(type: DataType, source: string): string {
    if (type.kind === 'list') return `${this.filterName(type.of, source).replace(/Filter$/, '')}ListFilter`;
    if (type.kind === 'opaque') return 'OpaqueFilter';
    // An enum whose labels GraphQL cannot tell apart is a String without the operators of text.
    if (type.kind === 'enum' && !this.enumOf(type, source)) return 'LabelFilter';
    return `${this.scalar(type, source).name}Filter`;
  }

  private filterFields(type: DataType, source: string): GraphQLInputFieldConfigMap {
    const scalar = type.kind === 'list' ? this.output(type.of, source) : this.scalar(type, source);
    return this.operatorFields(operatorsOf(type), scalar, isCollated(type));
  }

  private operatorFields(
    operators: readonly string[],
    scalar: ValueType,
    collated: boolean,
  ): GraphQLInputFieldConfigMap {
    const many = new GraphQLList(new GraphQLNonNull(scalar));
    const fields: GraphQLInputFieldConfigMap = {};
    for (const name of operators) {
      const known = OPERATORS[name];
      if (!known) throw new Error(`operator ${name} has no description`);
      const types = { one: scalar, many, flag: GraphQLBoolean, text: GraphQLString };
      fields[name] = { type: types[known[0]], description: known[1] };
    }
    if (collated)
      fields['collate'] = {
        type: COLLATION,
        description: 'How lt, lte, gt, gte and between compare here. Default STORE.',
      };
    return fields;
  }
}

const OPERATORS: Readonly<Record<string, readonly ['one' | 'many' | 'flag' | 'text', string]>> = {
  eq: ['one', 'Equal; of text byte by byte.'],
  ne: ['one', 'Not equal, and not null.'],
  in: ['many', 'Equal to one of these; an empty list keeps nothing.'],
  notIn: ['many', 'Equal to none of these, and not null.'],
  isNull: ['flag', 'true: null; false: not null.'],
  lt: ['one', 'Below.'],
  lte: ['one', 'Below or equal.'],
  gt: ['one', 'Above.'],
  gte: ['one', 'Above or equal.'],
  between: ['many', 'Two values [low, high], both included.'],
  like: ['text', '`%` any text, `_` one character, `\\` takes the next one as it is; case-sensitive.'],
  ilike: ['text', 'As like, without regard to case (simple Unicode case folding).'],
  startsWith: ['text', 'Begins with this text; case-sensitive.'],
  endsWith: ['text', 'Ends with this text; case-sensitive.'],
  contains: ['text', 'Has this text in it; case-sensitive.'],
  regex: [
    'text',
    'Matches this regular expression anywhere (RE2 without flags; no back-references, no look-around); case-sensitive.',
  ],
  isNaN: ['flag', 'true: is NaN; false: is a number or infinite. Null is neither.'],
  isFinite: ['flag', 'true: neither NaN nor infinite; false: one of them. Null is neither.'],
  has: ['one', 'Has this element.'],
  hasAny: ['many', 'Has one of these elements.'],
  hasAll: ['many', 'Has each of these elements.'],
  isEmpty: ['flag', 'true: has no element; false: has some. A null list is neither.'],
};
