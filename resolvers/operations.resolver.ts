import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { CancelOperationInput, CancelOperationPayload, RunningOperation } from '../schema/running-operation.type.js';
import type { ControlContext, OperationView } from './context.js';

@Resolver()
export class OperationsResolver {
  @Query(() => [RunningOperation], {
    nullable: true,
    description: 'What this gateway is at work on, this operation included.',
  })
  operations(@Ctx() { operations, caller }: ControlContext): readonly OperationView[] {
    return operations.list(caller);
  }

  @Mutation(() => CancelOperationPayload, {
    description: 'Ends a running operation: its stores stop their work, and its caller is answered CANCELLED.',
  })
  cancelOperation(
    @Arg('input', () => CancelOperationInput, { description: 'Which operation.' }) { id }: CancelOperationInput,
    @Ctx() { operations, caller }: ControlContext,
  ): { readonly operation: OperationView } {
    return { operation: operations.cancel(id, caller) };
  }
}
