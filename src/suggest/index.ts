import { GatewayError } from '../errors.js';
import type { Entity } from '../ir/entity.js';
import type { Store } from '../store/store.js';
import { candidatesOf, type Candidate, type NameMatch } from './candidates.js';
import { RelationNames } from './relation-names.js';
import { presentOf, sampleOf, type Asking, type Sample } from './sample.js';

export { relationsYaml } from './yaml.js';

/** A relation that no foreign key tells of, as the config would have it. */
export interface Suggestion extends Candidate {
  readonly as: string;
  /** null: every name for it is taken. */
  readonly reverse: string | null;
  /** Of the different values that were looked at, how many the other side has. */
  readonly matched: number;
  readonly values: number;
  /** Rows that the values were found in. */
  readonly rows: number;
}

export interface Suggestions {
  readonly source: string;
  readonly found: readonly Suggestion[];
  /** Fields whose name tells of a relation, and why nobody could say. */
  readonly unseen: readonly { readonly subject: string; readonly reason: string }[];
  /** Sets of fields whose values were looked at, and rows that were read for it. */
  readonly looked: { readonly fields: number; readonly rows: number };
}

export interface SuggestOptions {
  /** Rows of a field that are looked at, at most. */
  readonly rows: number;
  /** Of one look, and of all of them. */
  readonly lookMs: number;
  readonly allMs: number;
}

/** The least share of values that must be there: the less a name tells, the more of them; and how many there must be. */
const LEAST: Readonly<Record<NameMatch, { readonly share: number; readonly values: number }>> = {
  STRONG: { share: 0.8, values: 1 },
  ROLE: { share: 0.8, values: 1 },
  HINT: { share: 0.9, values: 3 },
  NONE: { share: 0.98, values: 10 },
};
/** Values that are looked for first: most candidates end here. */
const PROBE = 25;

export type StoreOf = (source: string) => Store;

/** Proposes relations of a source by names, by types, and by a sample of values that the other side is asked for. Only reads. */
export function suggestRelations(
  store: Store,
  entities: readonly Entity[],
  options: SuggestOptions,
): Promise<Suggestions> {
  return look(store.name, candidatesOf(entities), entities, () => store, options);
}

/** The same between sources. */
export function suggestBetween(
  entities: readonly Entity[],
  storeOf: StoreOf,
  options: SuggestOptions,
): Promise<Suggestions> {
  const between = candidatesOf(entities).filter(({ from, to }) => from.source !== to.source);
  return look('between sources', between, entities, storeOf, options);
}

async function look(
  source: string,
  candidates: readonly Candidate[],
  entities: readonly Entity[],
  storeOf: StoreOf,
  { rows, lookMs, allMs }: SuggestOptions,
): Promise<Suggestions> {
  const all = AbortSignal.timeout(allMs);
  const asking = (entity: Entity): Asking => ({
    store: storeOf(entity.source),
    rows,
    signal: AbortSignal.any([all, AbortSignal.timeout(lookMs)]),
  });
  const looked = { fields: 0, rows: 0 };
  const unseen: { subject: string; reason: string }[] = [];
  const kept: Judged[] = [];
  for (const some of groups(candidates)) {
    const [{ from, on, match }] = some as [Candidate];
    const subject = `${from.source}.${from.entity}.${on.map((pair) => pair.from.name).join(' + ')}`;
    const tell = (reason: string): void => {
      if (match !== 'NONE') unseen.push({ subject, reason });
    };
    if (all.aborted) {
      tell('the time for all of them was over');
      continue;
    }
    try {
      const sample = await sampleOf(
        from,
        on.map((pair) => pair.from),
        asking(from),
      );
      looked.fields += 1;
      looked.rows += sample.rows;
      if (sample.values.length === 0) tell('it holds no value');
      const best = await bestOf(some, sample, asking);
      if (best) kept.push(best);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      tell(error.message);
    }
  }
  const names = new RelationNames(entities);
  const chosen = oneWay(kept);
  const found = chosen.map((each): Suggestion => ({ ...each, ...names.take(each, chosen) }));
  return { source, found, unseen, looked };
}

interface Judged extends Candidate {
  readonly matched: number;
  readonly values: number;
  readonly rows: number;
}

/** Candidates of the same fields, those whose name tells most first. */
function groups(candidates: readonly Candidate[]): readonly (readonly Candidate[])[] {
  const ids = new Map<Entity, string>();
  const idOf = (entity: Entity): string => ids.get(entity) ?? (ids.set(entity, `${ids.size}`), ids.get(entity)!);
  const keyOf = ({ from, on }: Candidate): string => `${idOf(from)} ${on.map((pair) => pair.from.name).join(' ')}`;
  return [...Map.groupBy(candidates, keyOf).values()];
}

/** The other side that fits best; what no name tells of is looked at only when nothing else fits. */
async function bestOf(some: readonly Candidate[], sample: Sample, asking: AskingOf): Promise<Judged | null> {
  let best: Judged | null = null;
  for (const each of some) {
    if (best && best.match !== each.match) break;
    const { share, values } = LEAST[each.match];
    if (sample.values.length < values) continue;
    const judged = await judge(each, sample, asking);
    if (judged.matched < share * judged.values) continue;
    if (!best || isBetter(judged, best)) best = judged;
  }
  return best;
}

type AskingOf = (entity: Entity) => Asking;

async function judge(candidate: Candidate, { values, rows }: Sample, asking: AskingOf): Promise<Judged> {
  const keys = candidate.on.map((pair) => pair.to);
  const count = async (some: Sample['values']): Promise<number> => {
    const present = await presentOf(candidate.to, keys, some, asking(candidate.to));
    return some.filter((text) => present.has(text)).length;
  };
  const probe = values.filter((_, i) => i % Math.ceil(values.length / PROBE) === 0);
  const first = await count(probe);
  const matched = first < probe.length / 2 || probe.length === values.length ? first : await count(values);
  return { ...candidate, matched, values: first < probe.length / 2 ? probe.length : values.length, rows };
}

function isBetter(a: Judged, b: Judged): boolean {
  if (a.home !== b.home) return a.home;
  return a.matched / a.values > b.matched / b.values;
}

/** Two keys that hold each other's values: the side whose values are all there points at the other, or else the longer name does. */
function oneWay(kept: readonly Judged[]): readonly Judged[] {
  return kept.filter((a) => {
    const back = kept.find((b) => b.from === a.to && b.to === a.from && isBack(a, b));
    return back === undefined || pointsMore(a, back);
  });
}

function isBack(a: Candidate, b: Candidate): boolean {
  return a.on.every((pair) => b.on.some((other) => other.from === pair.to && other.to === pair.from));
}

function pointsMore(a: Judged, b: Judged): boolean {
  if (a.home !== b.home) return a.home;
  const [share, other] = [a.matched / a.values, b.matched / b.values];
  if (share !== other) return share > other;
  if (a.from.entity.length !== b.from.entity.length) return a.from.entity.length > b.from.entity.length;
  return a.from.entity > b.from.entity;
}
