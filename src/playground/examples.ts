import { getNamedType, isLeafType, isObjectType, parse, validate, type GraphQLSchema } from 'graphql';

/** A file of schema/operations. */
export interface Example {
  readonly name: string;
  readonly title: string;
  readonly explanation: string;
  readonly query: string;
  readonly variables: unknown;
}

/** What is asked of a gateway's sources to choose its examples. */
export interface SourceOutline {
  readonly name: string;
  readonly entities: readonly {
    readonly name: string;
    readonly key: readonly string[] | null;
    readonly fields: readonly { readonly name: string }[];
  }[];
}

/** The source that most files of schema/operations are about, and whose gateway has those of the others. */
const DEMO = 'aviation';
const MENTIONS_DEMO = new RegExp(`\\b${DEMO}\\b`);

/** The examples that this gateway can answer. One whose sources are others gets a first one made of its own schema. */
export function examplesFor(
  examples: readonly Example[],
  schema: GraphQLSchema,
  sources: readonly SourceOutline[],
): readonly Example[] {
  const valid = examples.filter(({ query }) => validate(schema, parse(query)).length === 0);
  if (sources.some(({ name }) => name === DEMO)) return valid;
  const isAboutDemo = ({ query, variables }: Example): boolean =>
    MENTIONS_DEMO.test(query) || MENTIONS_DEMO.test(JSON.stringify(variables));
  return [firstLook(schema, sources), ...valid.filter((each) => !isAboutDemo(each))];
}

/** The rows of the first entity that there is, with those of its fields that have none below them. */
export function firstLook(schema: GraphQLSchema, sources: readonly SourceOutline[]): Example {
  const source = sources.find(({ entities }) => entities.length > 0);
  const entity = source?.entities[0];
  if (!source || !entity) {
    return example('No source has anything to read yet', 'This asks why.', [
      'query Sources {',
      '  sources {',
      '    name',
      '    health { status lastError }',
      '    problems { subject message }',
      '  }',
      '}',
    ]);
  }
  const order = entity.key ? `, orderBy: [${entity.key.map((field) => `{ ${field}: ASC }`).join(', ')}]` : '';
  return example(
    `The first rows of ${entity.name}`,
    'The documentation on the left tells what else can be asked; Ctrl-Space completes.',
    [
      'query FirstLook {',
      `  ${source.name} {`,
      `    ${entity.name}(first: 10${order}) {`,
      ...leaves(schema, source.name, entity).map((name) => `      ${name}`),
      '    }',
      '  }',
      '}',
    ],
  );
}

function leaves(schema: GraphQLSchema, source: string, { name, fields }: SourceOutline['entities'][number]): string[] {
  const root = schema.getQueryType()?.getFields()[source];
  const rows = root && isObjectType(root.type) ? root.type.getFields()[name] : undefined;
  const row = rows && getNamedType(rows.type);
  if (!isObjectType(row)) return ['__typename'];
  const typed = row.getFields();
  const leaf = fields.flatMap(({ name: field }) => {
    const type = typed[field]?.type;
    return type && isLeafType(getNamedType(type)) ? [field] : [];
  });
  return leaf.length > 0 ? leaf : ['__typename'];
}

function example(title: string, explanation: string, lines: readonly string[]): Example {
  const query = [`# ${title}`, '#', `# ${explanation}`, ...lines, ''].join('\n');
  return { name: 'first-look', title, explanation, query, variables: null };
}
