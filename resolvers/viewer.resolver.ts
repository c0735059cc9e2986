import { Ctx, Query, Resolver } from 'type-graphql';
import { Viewer } from '../schema/viewer.type.js';
import type { ControlContext } from './context.js';

@Resolver()
export class ViewerResolver {
  @Query(() => Viewer, { nullable: true, description: 'Who asks.' })
  viewer(@Ctx() { caller }: ControlContext): Viewer {
    return { id: caller.id };
  }
}
