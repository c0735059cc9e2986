import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { ReloadSourceInput, ReloadSourcePayload } from '../schema/reload-source.type.js';
import { Health, Source } from '../schema/source.type.js';
import { toId } from '../schema/node.type.js';
import type { HealthView, SourceView } from '../src/sources/view.js';
import type { ControlContext } from './context.js';

/** The view as its type: with an id, and the type's name for `node`. */
export function asSource(view: SourceView): Source {
  return { ...view, id: toId('Source', view.name), kindOfNode: 'Source' } as Source;
}

@Resolver(() => Source)
export class SourcesResolver {
  @Query(() => [Source], { nullable: true, description: 'The configured sources.' })
  sources(@Ctx() { yard }: ControlContext): Source[] {
    return yard.sources().map(asSource);
  }

  @Query(() => Source, { nullable: true, description: 'The source of this name, or null.' })
  source(
    @Arg('name', () => String, { description: "The source's name." }) name: string,
    @Ctx() { yard }: ControlContext,
  ): Source | null {
    const found = yard.sources().find((source) => source.name === name);
    return found ? asSource(found) : null;
  }

  @FieldResolver(() => Health, { nullable: true, description: 'Whether its store answers, asked now.' })
  health(@Root() { name }: Source, @Ctx() { loaders }: ControlContext): Promise<HealthView> {
    return loaders.health.load(name);
  }

  @Mutation(() => ReloadSourcePayload, {
    description: "Reads a source's shape again, so that the schema follows the store.",
  })
  async reloadSource(
    @Arg('input', () => ReloadSourceInput, { description: 'Which source.' }) { name }: ReloadSourceInput,
    @Ctx() { yard }: ControlContext,
  ): Promise<ReloadSourcePayload> {
    return { source: asSource(await yard.reloadSource(name)) };
  }
}
