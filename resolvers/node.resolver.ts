import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { fromId, Node } from '../schema/node.type.js';
import type { ControlContext } from './context.js';
import { asSource } from './sources.resolver.js';

@Resolver()
export class NodeResolver {
  @Query(() => Node, { nullable: true, description: 'The thing with this id, or null.' })
  node(@Arg('id', () => ID, { description: 'Its id.' }) id: string, @Ctx() { yard }: ControlContext): Node | null {
    const named = fromId(id);
    if (named?.kind !== 'Source') return null;
    const found = yard.sources().find(({ name }) => name === named.name);
    return found ? asSource(found) : null;
  }
}
