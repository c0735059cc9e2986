import { describe, expect, test } from '@jest/globals';
import { parse, validate, type OperationDefinitionNode } from 'graphql';
import { MEMORY_CAPABILITIES, memoryStore } from '../../datasources/memory/index.js';
import { NO_POLICY } from '../../src/planner/scope.js';
import type { LevelPlan } from '../../src/planner/plan.js';
import type { Capabilities } from '../../src/store/capabilities.js';
import { LEAGUE, leagueOver, type League } from '../dataplane/league.js';
import { randomOperation } from '../dataplane/operations.js';
import { answerPlainly } from '../dataplane/oracle.js';
import { cases, Random, seed } from '../random.js';

const SEED = seed();
const caller = { id: 'a', permissions: 'all' } as const;

/** What the levels of the plans were read by, those with keys of another source and those below them. */
interface Ways {
  keyed: number;
  below: number;
}

function look(plan: LevelPlan, ways: Ways): void {
  if (plan.parents === 'keys') ways.keyed += 1;
  if (plan.parents === 'select' && plan.keysFrom !== null) ways.below += 1;
  for (const { plan: child } of plan.children) look(child, ways);
}

async function answer(league: League, text: string, ways: Ways): Promise<string> {
  const document = parse(text);
  const operation = document.definitions[0] as OperationDefinitionNode;
  for (const plan of league.plane.compile({ document, operation, caller }, {}).plans) look(plan, ways);
  const { data, errors } = await league.plane.execute({
    ...{ document, operation, operationName: null, variables: {}, caller },
    ...{ signal: new AbortController().signal, controlContext: {} },
  });
  expect({ text, errors: errors.map(({ message }) => message) }).toEqual({ text, errors: [] });
  return String(data);
}

const WAYS: readonly [string, Partial<Capabilities>][] = [
  ['lists of keys as long as they are', {}],
  ['two keys a list', { maxKeys: 2 }],
  ['one key a list, and parents named by keys alone', { maxKeys: 1, within: 'keys' }],
];
/** Its operations have parents with one child in two lists of keys, which most draws do not. */
const TELLING = 7;

describe.each([
  [TELLING, 150],
  [SEED, cases(150, 1_000)],
])('of seed %i', (drawn, wanted) => {
  test.each(WAYS)(
    `random operations over entities of three sources answer byte for byte as one source does, with %s`,
    async (_, less) => {
      const store = await memoryStore('league', LEAGUE);
      const capabilities = { ...MEMORY_CAPABILITIES, ...less };
      const random = new Random(drawn);
      const ways: Ways = { keyed: 0, below: 0 };
      let withRows = 0;
      for (let round = 0; round < 10; round += 1) {
        const homes = new Map(
          LEAGUE.shape.entities.map(({ name }) => [name, random.pick(['league', 'cup', 'archive'])]),
        );
        const league = await leagueOver(store, capabilities, {}, NO_POLICY, (entity) => homes.get(entity)!);
        for (let i = 0; i < wanted / 10; i += 1) {
          const text = randomOperation(league.schema, random);
          const document = parse(text);
          if (validate(league.schema, document).length > 0) continue;
          const got = await answer(league, text, ways);
          const plain = await answerPlainly(league, document, {});
          expect({ homes: Object.fromEntries(homes), text, data: got }).toEqual({
            ...{ homes: Object.fromEntries(homes), text },
            data: plain,
          });
          if (plain.length > 60) withRows += 1;
        }
      }
      expect(withRows).toBeGreaterThan(wanted / 3);
      expect(ways.keyed).toBeGreaterThan(wanted / 10);
      if (less.within === undefined) expect(ways.below).toBeGreaterThan(wanted / 50);
    },
    300_000,
  );
});
