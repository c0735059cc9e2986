import type { Step } from '../../src/ir/operand.js';
import type { Select } from '../../src/ir/select.js';
import { valueOf } from '../../src/ir/value.js';
import type { Row } from '../../src/store/batch.js';
import { MOST_KEYS, MOST_NEAREST, withinBudget } from './budget.js';
import { bestBody, counts } from './documents.js';
import { distinctKeys, keysQuery, locationOf } from './keys.js';
import { areCounted, farPairs, levelOf, type Level } from './level.js';
import { indexOf, type Location } from './native.js';
import { ALL, allOf, anyOf, NONE, noneOf, type Among, type Found, type Query } from './query.js';
import type { Reading } from './reading.js';
import { scoredBy } from './similarity.js';

/** What stands for a condition that only other searches can tell: the keys that they find. */
export function findKeys(reading: Reading, { step, found, negated }: Among): Promise<Query> {
  if (step === null) return nearest(reading, found, negated);
  return found.kind === 'rows' ? relatedKeys(reading, step, found, negated) : measuredKeys(reading, step, found);
}

async function relatedKeys(
  reading: Reading,
  step: Step,
  found: Extract<Found, { kind: 'rows' }>,
  negated: boolean,
): Promise<Query> {
  const { on, through } = step.relation;
  let keys = await distinct(
    reading,
    indexOf(step.to.entity),
    found.query,
    farPairs(step).map(({ to }) => locationOf(to)),
  );
  if (through) {
    const query = allOf([
      found.junction,
      keysQuery(
        through.on.map(({ from }) => locationOf(from)),
        keys,
      ),
    ]);
    keys = await distinct(
      reading,
      indexOf(through.entity),
      query,
      on.map(({ to }) => locationOf(to)),
    );
  }
  const near = keysQuery(
    on.map(({ from }) => locationOf(from)),
    keys,
  );
  return negated ? noneOf(near) : near;
}

async function measuredKeys(reading: Reading, step: Step, found: Found): Promise<Query> {
  if (found.kind !== 'measured') throw new Error('keys of another kind');
  const { on } = step.relation;
  const types = on.map(({ from }) => from.type);
  const given = found.nearby && distinctKeys(types, await reading.answer(levelFor(found.nearby)));
  if (given) withinBudget(given.length, MOST_KEYS, 'keys of a relation');
  const rows = await reading.answer(levelFor(found.measured), given ?? undefined);
  const emptyPasses = found.passes(found.empty, reading.args);
  // A row without related ones passes as an empty measure does, so only those that differ are named.
  const named = rows.filter(
    (row) => !row.slice(0, on.length).includes(null) && found.passes(row[on.length], reading.args) !== emptyPasses,
  );
  withinBudget(named.length, MOST_KEYS, 'keys of a relation');
  const near = keysQuery(
    on.map(({ from }) => locationOf(from)),
    named.map((row) => row.slice(0, on.length)),
  );
  return emptyPasses ? noneOf(near) : near;
}

/** The nearest documents, each with its similarity as its score. */
async function nearest(reading: Reading, found: Found, negated: boolean): Promise<Query> {
  if (found.kind !== 'nearest') throw new Error('keys of another kind');
  const [k, vector] = [Number(valueOf(found.k, reading.args)), valueOf(found.vector, reading.args)];
  if (k <= 0) return negated ? ALL : NONE;
  withinBudget(k, MOST_NEAREST, 'nearest documents');
  const among = await reading.filled(found.among);
  const scored = scoredBy(found.similarity, found.path, vector as readonly number[], among);
  const { hits } = (await reading.searches.search(found.index, bestBody(scored, k))).hits;
  const near = anyOf(
    hits.map(({ _id, _index, _score }) => ({
      constant_score: {
        filter: { bool: { filter: [{ term: { _index } }, { terms: { _id: [_id] } }] } },
        boost: _score,
      },
    })),
  );
  return negated ? noneOf(near) : near;
}

async function distinct(reading: Reading, index: string, query: Query, fields: readonly Location[]): Promise<Row[]> {
  const of = { index, query: (await reading.filled(query)) as Query, fields };
  const rows = areCounted(fields) ? await counts(of, reading.searches, MOST_KEYS) : await reading.read(of, []);
  const keys = distinctKeys(
    fields.map(({ type }) => type),
    rows.map(({ values }) => values),
  );
  withinBudget(keys.length, MOST_KEYS, 'keys of a relation');
  return keys;
}

const levels = new WeakMap<Select, Level>();

function levelFor(select: Select): Level {
  const known = levels.get(select) ?? levelOf(select);
  levels.set(select, known);
  return known;
}
