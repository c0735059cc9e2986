import { expect, test } from '@jest/globals';
import type { MemoryConfig } from '../../datasources/memory/index.js';
import { INT32, TEXT, type DataType } from '../../src/ir/types.js';
import { pipelinesOver } from '../conformance/harness/mongodb.js';
import { executed } from '../dataplane/executed.js';
import { leagueOver } from '../dataplane/league.js';

const column = (name: string, type: DataType) => ({ name, type, nullable: true, description: null, native: null });
const MILLI = 1_000n;

/** The sample of a collection promises nothing of other documents: here a list where the others have a text. */
const FIXTURE: MemoryConfig = {
  shape: {
    problems: [],
    entities: [
      {
        ...{ name: 'film', id: 'film', kind: 'COLLECTION', key: ['id'], unique: [], references: [] },
        ...{ description: null, native: null, estimatedRows: null },
        fields: [column('id', INT32), column('title', TEXT), column('at', { kind: 'instant' })],
      },
    ],
  },
  rows: {
    film: [
      { id: 1n, title: 'war', at: 1_233n * MILLI },
      { id: 2n, title: ['war', 'peace'], at: 1_234n * MILLI },
      { id: 3n, title: 'peace', at: 1_235n * MILLI },
      { id: 4n, title: null, at: null },
    ],
  },
};
const BETWEEN = '"1970-01-01T00:00:01.234500Z"';

test.each([
  ['an array with the value in it is not the value', '{ title: { eq: "war" } }', [1]],
  ['nor one of several', '{ title: { in: ["war", "x"] } }', [1]],
  ['nor between two', '{ title: { gte: "peace", lte: "peace" }, id: { gt: 0 } }', [3]],
  ['before a time between two milliseconds', `{ at: { lt: ${BETWEEN} } }`, [1, 2]],
  ['at most', `{ at: { lte: ${BETWEEN} } }`, [1, 2]],
  ['after it', `{ at: { gt: ${BETWEEN} } }`, [3]],
  ['at least', `{ at: { gte: ${BETWEEN} } }`, [3]],
  ['at it is nothing', `{ at: { eq: ${BETWEEN} } }`, []],
  ['all others are not it', `{ at: { ne: ${BETWEEN} } }`, [1, 2, 3]],
])('%s', async (_, where, ids) => {
  const { plane } = await leagueOver(await pipelinesOver(FIXTURE));
  const { data, errors } = await executed(plane, `{ league { film(where: ${where}, orderBy: [{ id: ASC }]) { id } } }`);
  expect(errors).toEqual([]);
  expect(JSON.parse(String(data))).toEqual({ league: { film: ids.map((id) => ({ id })) } });
});
