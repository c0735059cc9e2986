import { loadConfig, type Flags } from '../config/index.js';
import { openYard } from '../main.js';
import { relationsYaml, suggestBetween, suggestRelations, type Suggestions } from '../suggest/index.js';
import { OK, type Terminal } from './terminal.js';

export interface SuggestFlags {
  /** Rows of a field that are looked at. */
  readonly sample: number;
  /** Seconds for all of it. */
  readonly within: number;
}

/** Relations that no foreign key tells of, as YAML for the config. Asks the stores themselves: nothing of it is for callers of a gateway. */
export async function suggest(flags: Flags, { sample, within }: SuggestFlags, terminal: Terminal): Promise<number> {
  const yard = await openYard(loadConfig(flags), (message) => terminal.err(message), { keeps: false });
  try {
    const options = { rows: sample, lookMs: Math.min(5_000, within * 1_000), allMs: within * 1_000 };
    const all: Suggestions[] = [];
    for (const { store, model } of yard.sources.values()) {
      all.push(await suggestRelations(store, [...model.entities.values()], options));
    }
    const entities = [...yard.sources.values()].flatMap(({ model }) => [...model.entities.values()]);
    if (yard.sources.size > 1)
      all.push(await suggestBetween(entities, (source) => yard.sources.get(source)!.store, options));
    terminal.out(relationsYaml(all));
    return OK;
  } finally {
    await yard.close();
  }
}
