import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse, validate, type OperationDefinitionNode } from 'graphql';
import { NO_CAPABILITIES } from '../../src/store/capabilities.js';
import type { Store } from '../../src/store/store.js';
import { cases, Random, seed } from '../random.js';
import { leagueOver } from './league.js';
import { openLeagueInPostgres, type LeagueInPostgres } from './league-postgres.js';
import { randomOperation } from './operations.js';
import { answerPlainly } from './oracle.js';

let opened: LeagueInPostgres;
let store: Store;

beforeAll(async () => {
  opened = await openLeagueInPostgres();
  store = opened.store;
}, 120_000);

afterAll(() => opened.close());

const SEED = seed();

test.each([
  ['with all it can do', undefined],
  ['when it is told to scan only', NO_CAPABILITIES],
])(
  `PostgreSQL answers random operations byte for byte as the memory engine does, %s (seed ${SEED})`,
  async (_name, capabilities) => {
    const league = await leagueOver(store, capabilities);
    const random = new Random(SEED);
    let withRows = 0;
    const wanted = cases(200, 2_000);
    for (let i = 0; i < wanted; i += 1) {
      const text = randomOperation(league.schema, random);
      const document = parse(text);
      if (validate(league.schema, document).length > 0) continue;
      const operation = document.definitions[0] as OperationDefinitionNode;
      const { signal } = new AbortController();
      const answer = await league.plane.execute({
        document,
        operation,
        operationName: null,
        variables: {},
        caller: { id: 'a', permissions: 'all' },
        signal,
        controlContext: {},
      });
      expect({ text, errors: answer.errors.map((e) => [e.message, e.originalError?.cause]) }).toEqual({
        text,
        errors: [],
      });
      const plain = await answerPlainly(league, document, {});
      expect({ text, data: sortKeyless(JSON.parse(String(answer.data))) }).toEqual({
        text,
        data: sortKeyless(JSON.parse(plain)),
      });
      if (plain.length > 60) withRows += 1;
    }
    expect(withRows).toBeGreaterThan(wanted / 3);
  },
  600_000,
);

/** Lists without orderBy have no order on an entity without a key, and floats of variance may differ in the last bits. */
function sortKeyless(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(sortKeyless);
    return items.every((each) => typeof each === 'object' && each !== null) ? items.sort(byText) : items;
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, sortKeyless(v)]));
  }
  return typeof value === 'number' && !(Number.isInteger(value) && Math.abs(value) < 2 ** 31)
    ? Number(value.toPrecision(12))
    : value;
}

function byText(a: unknown, b: unknown): number {
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}
