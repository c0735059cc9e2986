import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { Plan } from '../schema/plan.type.js';
import { JSONScalar } from '../schema/scalars.js';
import { badInput } from '../src/errors.js';
import type { PlanView } from '../src/planner/view.js';
import type { ControlContext } from './context.js';

@Resolver()
export class ExplainResolver {
  @Query(() => Plan, { nullable: true, description: 'What an operation would do, without doing it.' })
  explain(
    @Arg('query', () => String, { description: "The operation's document." }) query: string,
    @Arg('variables', () => JSONScalar, { nullable: true, description: 'Its variables, as an object.' })
    variables: unknown,
    @Arg('operationName', () => String, { nullable: true, description: 'Which of its operations.' })
    operationName: string | null,
    @Ctx() { yard, caller, signal }: ControlContext,
  ): Promise<PlanView> {
    const given = variables ?? {};
    if (typeof given !== 'object' || Array.isArray(given)) throw badInput('variables', 'an object', variables);
    const named = given as Readonly<Record<string, unknown>>;
    return yard.explain({ query, variables: named, operationName: operationName ?? null, caller, signal });
  }
}
