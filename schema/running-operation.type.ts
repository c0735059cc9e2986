import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { DateTimeScalar, SafeIntScalar } from './scalars.js';

export enum OperationKind {
  QUERY = 'QUERY',
  MUTATION = 'MUTATION',
  SUBSCRIPTION = 'SUBSCRIPTION',
}
registerEnumType(OperationKind, {
  name: 'OperationKind',
  description: 'What an operation does.',
  valuesConfig: {
    QUERY: { description: 'It reads.' },
    MUTATION: { description: 'It changes something.' },
    SUBSCRIPTION: { description: 'It is told of what happens.' },
  },
});

@ObjectType({ description: 'What a running operation asked of a source so far.' })
export class OperationSource {
  @Field(() => String, { description: "The source's name." })
  name!: string;

  @Field(() => SafeIntScalar, { description: 'Calls that were answered.' })
  calls!: number;

  @Field(() => SafeIntScalar, { description: 'Rows that came.' })
  rows!: number;
}

@ObjectType({ description: 'An operation that this gateway is at work on.' })
export class RunningOperation {
  @Field(() => ID, { description: "Its request id: of the answer's header `x-request-id`, and of the log." })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Its name in the document.' })
  operationName!: string | null;

  @Field(() => OperationKind, { description: 'Whether it reads or changes.' })
  kind!: OperationKind;

  @Field(() => DateTimeScalar, { description: 'When it was begun.' })
  startedAt!: Date;

  @Field(() => SafeIntScalar, { description: 'For how long it is at work, in milliseconds.' })
  elapsedMs!: number;

  @Field(() => ID, { description: 'Who asked.' })
  caller!: string;

  @Field(() => [OperationSource], { description: 'The sources that it reads.' })
  sources!: readonly OperationSource[];

  @Field(() => String, {
    description: 'Its document on one line, `?` in the place of each literal; cut after 2,000 characters.',
  })
  document!: string;

  @Field(() => Boolean, { description: 'Whether it was told to stop.' })
  isCancelled!: boolean;
}

@InputType({ description: 'Which operation to cancel.' })
export class CancelOperationInput {
  @Field(() => ID, { description: 'Its id: its request id.' })
  id!: string;

  @Field(() => String, {
    nullable: true,
    description: 'A word of the caller; cancelling twice does no harm, so it changes nothing.',
  })
  idempotencyKey?: string | null;
}

@ObjectType({ description: 'What came of cancelling an operation.' })
export class CancelOperationPayload {
  @Field(() => RunningOperation, { description: 'The operation as it was when it was told to stop.' })
  operation!: RunningOperation;
}
