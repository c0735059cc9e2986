import { Field, InputType, ObjectType } from 'type-graphql';
import { Source } from './source.type.js';

@InputType({ description: 'Which source to read the shape of again.' })
export class ReloadSourceInput {
  @Field(() => String, { description: "The source's name." })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description: 'A word of the caller; reloading twice does no harm, so it changes nothing.',
  })
  idempotencyKey?: string | null;
}

@ObjectType({ description: 'What came of reloading a source.' })
export class ReloadSourcePayload {
  @Field(() => Source, { description: 'The source as it is now.' })
  source!: Source;
}
