import {
  asc,
  at,
  by,
  compare,
  count,
  desc,
  eq,
  every,
  from,
  groups,
  isNot,
  isNull,
  measure,
  over,
  rows,
  some,
  within,
  withinKeys,
  type Question,
  type Where,
} from './ask.js';

const REGION = ['id', 'name'];
const STALLS = 'stall_by_region_id';
const BY_ID = [asc('id')];

/** A question for each place that names an entity, with `p` as that place's policy and no other. Of the bazaar. */
export const SLOTS: Readonly<Record<string, (p: Where) => Question>> = {
  'the entity itself': (p) => from('stall', rows(['id', 'size']), p),
  'the entity that is grouped': (p) => from('stall', groups({ by: [by('open')], measures: [count()] }), p),
  'the entity of a page': (p) => from('stall', rows(['id'], { orderBy: BY_ID, limit: 9, offset: 2 }), p),
  'some of a to-many': (p) => from('stall', rows(['id'], { where: some('item', undefined, { to: p }) })),
  'none of a to-many': (p) => from('stall', rows(['id'], { where: isNot(some('item', undefined, { to: p })) })),
  'every of a to-many': (p) => from('stall', rows(['id'], { where: every('item', isNull('name'), { to: p }) })),
  'a to-one filter': (p) => from('stall', rows(['id'], { where: some('region', undefined, { to: p }) })),
  'a relation inside a relation': (p) =>
    from('region', rows(['id'], { where: some(STALLS, some('item', undefined, { to: p })) })),
  'the junction of a filter': (p) =>
    from('item', rows(['stall_id', 'nr'], { where: some('label', undefined, { through: p }) })),
  'the far side of a junction, filtered': (p) =>
    from('item', rows(['stall_id', 'nr'], { where: isNot(some('label', undefined, { to: p })) })),
  'a parent that is read': (p) => from('stall', rows(['id', at('region.name', [p])])),
  'a parent that is read beside itself': (p) => from('stall', rows(['id', at('region.name', [p]), 'region.name'])),
  'the second of two parents': (p) =>
    from('item', rows(['stall_id', 'nr', at('stall.region.name', [isNull('id', true), p])])),
  'the first of two parents': (p) => from('item', rows(['stall_id', 'nr', at('stall.region.name', [p])])),
  'a to-one on the other side': (p) => from('stall', rows(['id', at('licence.until', [p])])),
  'a parent that orders': (p) =>
    from('stall', rows(['id'], { orderBy: [asc(at('region.id', [p]), 'first'), asc('id')], limit: 7 })),
  'a parent that orders after a position': (p) =>
    from('stall', rows(['id'], { orderBy: [desc(at('region.id', [p])), asc('id')], after: [2n, 3n] })),
  'a parent that groups': (p) => from('stall', groups({ by: [by(at('region.name', [p]))], measures: [count()] })),
  'a parent that is measured': (p) => from('stall', groups({ measures: [measure('COUNT', at('region.id', [p]))] })),
  'a parent in a condition': (p) => from('stall', rows(['id'], { where: isNull(at('region.id', [p])) })),
  'a parent that is compared': (p) =>
    from('stall', rows(['id'], { where: compare(at('region.id', [p]), 'eq', 'region_id') })),
  'the condition of a measure': (p) => from('stall', groups({ measures: [count(some('item', undefined, { to: p }))] })),
  'what a measure of a to-many counts': (p) =>
    from('stall', rows(['id', over('item', measure('SUM', 'nr'), { to: p })])),
  'the junction of a measure': (p) => from('item', rows(['stall_id', 'nr', over('label', count(), { through: p })])),
  'the far side of the junction of a measure': (p) =>
    from('item', rows(['stall_id', 'nr', over('label', count(), { to: p })])),
  'a parent inside a measure': (p) =>
    from('region', rows(['id', over(STALLS, measure('COUNT', at('second.id', [p])))])),
  'a parent in the condition of a measure': (p) =>
    from('region', rows(['id', over(STALLS, count(eq(at('second.id', [p]), 0n)))])),
  'a measure that orders': (p) =>
    from('stall', rows(['id'], { orderBy: [desc(over('item', count(), { to: p })), asc('id')], limit: 4 })),
  'a measure in a condition': (p) => from('stall', rows(['id'], { where: eq(over('item', count(), { to: p }), 1n) })),
  'rows within parents': (p) => within(from('region', rows(REGION)), STALLS, rows(['id']), { to: p }),
  'a page within parents': (p) =>
    within(from('region', rows(REGION)), STALLS, rows(['id'], { orderBy: BY_ID, limit: 2, offset: 1 }), { to: p }),
  'measures within parents': (p) =>
    within(from('region', rows(REGION)), STALLS, groups({ measures: [count(), measure('MAX', 'id')] }), { to: p }),
  'groups within parents': (p) =>
    within(from('region', rows(REGION)), STALLS, groups({ by: [by('open')], measures: [count()] }), { to: p }),
  'the junction between parents and rows': (p) =>
    within(from('item', rows(['nr'])), 'label', rows(['word']), { through: p }),
  'the junction between parents and a page': (p) =>
    within(from('item', rows(['nr'])), 'label', rows(['word'], { orderBy: [asc('word')], limit: 1 }), { through: p }),
  'the junction between parents and measures': (p) =>
    within(from('item', rows(['nr'])), 'label', groups({ measures: [count()] }), { through: p }),
  'rows behind a junction': (p) => within(from('item', rows(['nr'])), 'label', rows(['word']), { to: p }),
  'the parents of rows': (p) => within(from('region', rows(REGION), p), STALLS, rows(['id'])),
  'the parents of measures': (p) => within(from('region', rows(REGION), p), STALLS, groups({ measures: [count()] })),
  'a page of parents': (p) =>
    within(from('stall', rows(['id'], { orderBy: BY_ID, limit: 8 }), p), 'item', rows(['nr'])),
  'the parents of parents': (p) =>
    within(within(from('region', rows(REGION), p), STALLS, rows(['id'])), 'item', rows(['nr'])),
  'the level between': (p) =>
    within(within(from('region', rows(REGION)), STALLS, rows(['id']), { to: p }), 'item', rows(['nr'])),
  'rows by their parents’ keys': (p) => withinKeys('region', STALLS, [[0n], [1n], [3n]], rows(['id']), { to: p }),
  'measures by their parents’ keys': (p) =>
    withinKeys('region', STALLS, [[0n], [1n], [99n]], groups({ measures: [count()] }), { to: p }),
  'a table without a key': (p) => from('note', rows(['code', 'body']), p),
  'a to-many of a table without a key': (p) => from('stall', rows(['id', over('note', count(), { to: p })])),
};
