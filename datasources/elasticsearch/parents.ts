import type { Row } from '../../src/store/batch.js';
import { MOST_KEYS, TOGETHER } from './budget.js';
import { chunked, joinText, keysQuery, locationOf } from './keys.js';
import type { Level } from './level.js';
import { indexOf } from './native.js';
import { allOf, type Query } from './query.js';
import type { Reading } from './reading.js';

/** A key of far rows, and the parents that it leads to. */
interface Leading {
  readonly key: Row;
  readonly parents: { readonly parent: Row; readonly times: number }[];
}

/** For each key of the far rows the parents that it leads to, as often as a junction says. */
export async function parentsByKey(
  reading: Reading,
  level: Level,
  parents: readonly Row[],
): Promise<ReadonlyMap<string, Leading>> {
  const { on, through } = level.select.within!.step.relation;
  const fromTypes = on.map(({ from }) => from.type);
  if (!through) {
    return new Map(
      parents.map((parent) => [joinText(fromTypes, parent)!, { key: parent, parents: [{ parent, times: 1 }] }]),
    );
  }
  const byText = new Map(parents.map((parent) => [joinText(fromTypes, parent)!, parent]));
  const [toNear, toFar] = [on.map(({ to }) => to), through.on.map(({ from }) => from)];
  const found = new Map<string, Leading>();
  const policy = (await reading.filled(level.junction)) as Query;
  for (const some of chunked(parents, on.length === 1 ? MOST_KEYS : TOGETHER * 10)) {
    const query = allOf([policy, keysQuery(toNear.map(locationOf), some)]);
    const fields = [...toNear, ...toFar].map(locationOf);
    for (const { values, times } of await reading.read({ index: indexOf(through.entity), query, fields }, null)) {
      const parent = byText.get(joinText(fromTypes, values.slice(0, on.length))!)!;
      const key = values.slice(on.length);
      const text = joinText(
        toFar.map(({ type }) => type),
        key,
      );
      if (text === null) continue;
      const same = found.get(text);
      if (same) same.parents.push({ parent, times });
      else found.set(text, { key, parents: [{ parent, times }] });
    }
  }
  return found;
}
