import { isInputObjectType, type GraphQLSchema } from 'graphql';

const names = new Set<string>();

/** Marks an input class as a one-of, by the name its type has: exactly one of its fields is given. */
export function OneOf(name: string): ClassDecorator {
  return () => void names.add(name);
}

/** type-graphql knows no one-of, so the built types are marked. */
export function applyOneOf(schema: GraphQLSchema): GraphQLSchema {
  for (const name of names) {
    const type = schema.getType(name);
    if (isInputObjectType(type)) type.isOneOf = true;
  }
  return schema;
}
