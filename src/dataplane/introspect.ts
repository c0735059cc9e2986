import {
  getArgumentValues,
  isLeafType,
  isListType,
  isNonNullType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';
import { collectFields, type Request } from './collect.js';
import type { JsonText } from './json-text.js';
import { selectionSets } from './selected.js';

/** `__schema` or `__type` at the root of an operation. */
export interface Introspection {
  readonly nodes: readonly FieldNode[];
  readonly request: Request;
}

/** What a root field asks of the schema itself; null for another field. */
export function introspectionField(name: string): GraphQLField<unknown, unknown> | null {
  if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  return name === TypeMetaFieldDef.name ? TypeMetaFieldDef : null;
}

type Field = GraphQLField<unknown, unknown>;
type Resolve = (source: unknown, args: unknown, context: undefined, info: GraphQLResolveInfo) => unknown;

interface Selected {
  /** `"name":` */
  readonly label: string;
  /** null: the name of the type. */
  readonly field: Field | null;
  readonly type: GraphQLObjectType;
  readonly nodes: readonly FieldNode[];
  readonly args: Readonly<Record<string, unknown>>;
}

/**
 * Writes what an operation asks of the schema. The resolvers are those of graphql-js; what is left out is all that
 * introspection cannot need: promises, paths, errors. A schema of hundreds of tables is tens of megabytes of answer, and
 * the general executor takes many seconds for it.
 */
export function writeIntrospection(
  schema: GraphQLSchema,
  { nodes, request }: Introspection,
  variables: Readonly<Record<string, unknown>>,
  out: JsonText,
): void {
  const info = { schema } as GraphQLResolveInfo;
  const selections = new Map<readonly FieldNode[], readonly Selected[]>();

  const selectionOf = (type: GraphQLObjectType, of: readonly FieldNode[]): readonly Selected[] => {
    const known = selections.get(of);
    if (known) return known;
    const fields = type.getFields();
    const made = [...collectFields(type, selectionSets(of), request)].map(([key, same], i): Selected => {
      const name = same[0]!.name.value;
      const field = name === '__typename' ? null : fields[name]!;
      const label = `${i === 0 ? '{' : ','}${JSON.stringify(key)}:`;
      return { label, field, type, nodes: same, args: field ? getArgumentValues(field, same[0]!, variables) : {} };
    });
    selections.set(of, made);
    return made;
  };

  const value = (type: GraphQLOutputType, source: unknown, of: readonly FieldNode[]): void => {
    if (isNonNullType(type)) {
      value(type.ofType, source, of);
      return;
    }
    if (source === null || source === undefined) {
      out.write('null');
      return;
    }
    if (isListType(type)) {
      let separator = '[';
      for (const each of source as Iterable<unknown>) {
        out.write(separator);
        value(type.ofType, each, of);
        separator = ',';
      }
      out.write(separator === '[' ? '[]' : ']');
      return;
    }
    if (isLeafType(type)) {
      out.write(JSON.stringify(type.serialize(source)));
      return;
    }
    const all = selectionOf(type as GraphQLObjectType, of);
    if (all.length === 0) out.write('{');
    for (const selected of all) {
      out.write(selected.label);
      if (selected.field) field(selected.field, source, selected);
      else out.write(JSON.stringify(selected.type.name));
    }
    out.write('}');
  };

  const field = (definition: Field, source: unknown, { nodes: of, args }: Pick<Selected, 'nodes' | 'args'>): void => {
    value(definition.type, (definition.resolve as Resolve)(source, args, undefined, info), of);
  };

  const root = introspectionField(nodes[0]!.name.value)!;
  field(root, undefined, { nodes, args: getArgumentValues(root, nodes[0]!, variables) });
}
