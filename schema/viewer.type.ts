import { Field, ID, ObjectType } from 'type-graphql';

@ObjectType({ description: 'Who asks.' })
export class Viewer {
  @Field(() => ID, { description: "The caller's id; anonymous without credentials." })
  id!: string;
}
