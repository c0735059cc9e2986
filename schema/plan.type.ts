import { Field, ObjectType } from 'type-graphql';
import { SafeIntScalar } from './scalars.js';

@ObjectType({ description: 'A query as a store is asked; it holds no values.' })
export class NativeQuery {
  @Field(() => String, { description: 'Its language.' })
  language!: string;

  @Field(() => String, { description: 'Its text.' })
  text!: string;

  @Field(() => [String], { description: 'The types of its parameters, in order.' })
  parameters!: readonly string[];
}

@ObjectType({ description: 'Distinct join values that are read from one side of a relation.' })
export class KeyRead {
  @Field(() => String, { description: 'The source that is read.' })
  source!: string;

  @Field(() => [NativeQuery], { description: 'What the store is asked: one query, or one a scan.' })
  native!: readonly NativeQuery[];

  @Field(() => SafeIntScalar, { nullable: true, description: 'How many the statistics of the store expect.' })
  estimatedKeys!: number | null;
}

@ObjectType({ description: 'A filter through a relation to another source: its join values are read first.' })
export class SemiJoin {
  @Field(() => String, { description: 'The relation, as `source.entity.relation`.' })
  relation!: string;

  @Field(() => SafeIntScalar, { description: 'The most join values of a side that may be moved.' })
  most!: number;

  @Field(() => KeyRead, { description: 'Those of the far rows that pass.' })
  far!: KeyRead;

  @Field(() => KeyRead, {
    description:
      'Those of the near rows that other filters leave: read first when they are known to be fewer, or the far ones are too many.',
  })
  near!: KeyRead;
}

@ObjectType({ description: 'One read of a source.' })
export class PlanNode {
  @Field(() => String, { description: 'The source that is read.' })
  source!: string;

  @Field(() => String, { description: 'The entity that is read.' })
  entity!: string;

  @Field(() => String, { description: 'The place in the answer, dotted.' })
  path!: string;

  @Field(() => [NativeQuery], { description: 'What the store is asked: one query, or one a scan.' })
  native!: readonly NativeQuery[];

  @Field(() => [String], { description: 'What the store does.' })
  pushed!: readonly string[];

  @Field(() => [String], { description: 'What is left to the gateway.' })
  residual!: readonly string[];

  @Field(() => SafeIntScalar, { nullable: true, description: 'How many rows the statistics of the store expect.' })
  estimatedRows!: number | null;

  @Field(() => [SemiJoin], { description: 'What is read before it for filters through relations to other sources.' })
  semiJoins!: readonly SemiJoin[];

  @Field(() => [PlanNode], { description: 'What is read for its rows.' })
  children!: readonly PlanNode[];
}

@ObjectType({ description: 'What an operation would do, without doing it.' })
export class Plan {
  @Field(() => [PlanNode], { description: 'Its reads; those for the rows of another stand below it.' })
  nodes!: readonly PlanNode[];
}
