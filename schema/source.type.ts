import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { Entity } from './entity.type.js';
import { Node } from './node.type.js';
import { DateTimeScalar } from './scalars.js';

export enum HealthStatus {
  UP = 'UP',
  DOWN = 'DOWN',
  UNKNOWN = 'UNKNOWN',
}
registerEnumType(HealthStatus, {
  name: 'HealthStatus',
  description: 'Whether a store answers.',
  valuesConfig: {
    UP: { description: 'It answers.' },
    DOWN: { description: 'It does not answer.' },
    UNKNOWN: { description: 'It was not asked yet.' },
  },
});

@ObjectType({ description: "The health of a source's store." })
export class Health {
  @Field(() => HealthStatus, { description: 'Whether it answers.' })
  status!: HealthStatus;

  @Field(() => String, { nullable: true, description: 'What the last failure said.' })
  lastError!: string | null;

  @Field(() => Number, { nullable: true, description: 'How long the last answer took.' })
  latencyMs!: number | null;

  @Field(() => DateTimeScalar, { description: 'Since when the status is what it is.' })
  since!: Date;
}

@ObjectType({ description: 'Something of a source that is not in the schema, or not as it is in the store, and why.' })
export class Problem {
  @Field(() => String, { description: 'What it is about.' })
  subject!: string;

  @Field(() => String, { description: 'What is the matter.' })
  message!: string;
}

@ObjectType({ implements: Node, description: 'A configured store and what the schema makes of it.' })
export class Source extends Node {
  @Field(() => String, { description: 'The name in the configuration and in the schema.' })
  name!: string;

  @Field(() => String, { description: 'How it is looked at: RELATIONAL …' })
  kind!: string;

  @Field(() => String, { description: 'The engine that reads it: postgres …' })
  engine!: string;

  @Field(() => [Entity], { description: 'What can be read in it.' })
  entities!: readonly Entity[];

  @Field(() => [String], { description: 'What the store does by itself.' })
  capabilities!: readonly string[];

  @Field(() => [Problem], { description: 'What is not in the schema, or not as it is in the store.' })
  problems!: readonly Problem[];
}
