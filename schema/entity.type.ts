import { Field, ObjectType } from 'type-graphql';
import { SafeIntScalar } from './scalars.js';

@ObjectType('EntityField', { description: 'A field of an entity.' })
export class EntityField {
  @Field(() => String, { description: 'The name in the schema.' })
  name!: string;

  @Field(() => String, { description: 'The type of its values: int64, decimal(10,2), [text] …' })
  type!: string;

  @Field(() => Boolean, { description: 'Whether it can be null.' })
  nullable!: boolean;

  @Field(() => String, { nullable: true, description: "The store's comment on it." })
  description!: string | null;
}

@ObjectType('EntityRelation', { description: 'A link from one entity to another.' })
export class EntityRelation {
  @Field(() => String, { description: 'The name of the field that follows it.' })
  name!: string;

  @Field(() => String, { description: 'The entity on the other side, as source.entity.' })
  to!: string;

  @Field(() => Boolean, { description: 'Whether a row can have many on the other side.' })
  many!: boolean;

  @Field(() => [String], { description: 'The fields on this side that it joins by.' })
  fields!: readonly string[];
}

@ObjectType({ description: 'A table, view, collection, node label or index of a source.' })
export class Entity {
  @Field(() => String, { description: 'The name in the schema.' })
  name!: string;

  @Field(() => String, { nullable: true, description: "The store's comment on it." })
  description!: string | null;

  @Field(() => [EntityField], { description: 'Its fields.' })
  fields!: readonly EntityField[];

  @Field(() => [String], { nullable: true, description: 'The fields of its key; null when it has none.' })
  key!: readonly string[] | null;

  @Field(() => [EntityRelation], { description: 'Its links, in both directions.' })
  relations!: readonly EntityRelation[];

  @Field(() => SafeIntScalar, { nullable: true, description: 'How many rows the statistics of the store expect.' })
  estimatedRows!: number | null;
}
