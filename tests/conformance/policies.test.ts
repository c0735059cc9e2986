import { expect, test } from '@jest/globals';
import { Kind, parse, print, validate, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { memoryStore } from '../../datasources/memory/index.js';
import { own, place } from '../../src/ir/operand.js';
import { TRUE, type Predicate } from '../../src/ir/predicate.js';
import type { Select } from '../../src/ir/select.js';
import { INT64 } from '../../src/ir/types.js';
import { literal } from '../../src/ir/value.js';
import { NO_CAPABILITIES } from '../../src/store/capabilities.js';
import { LEAGUE, leagueOver, openLeague, type League } from '../dataplane/league.js';
import { randomOperation } from '../dataplane/operations.js';
import { cases, Random, seed } from '../random.js';
import { Selects } from './selects.js';

const SEED = seed();
const { signal } = new AbortController();

async function dataOf({ plane }: League, document: DocumentNode, permissions = 'all'): Promise<string> {
  const operation = document.definitions.find(
    (d): d is OperationDefinitionNode => d.kind === Kind.OPERATION_DEFINITION,
  )!;
  const caller = { id: 'a', permissions };
  const request = { document, operation, operationName: null, variables: {}, caller, signal, controlContext: {} };
  const answer = await plane.execute(request);
  expect({ text: print(document), errors: answer.errors.map((e) => e.message) }).toEqual({
    text: print(document),
    errors: [],
  });
  return String(answer.data);
}

/** A league where some rows of each entity are hidden by a policy, and one where they do not exist. */
async function twoLeagues(random: Random, scanned: boolean): Promise<{ hidden: League; gone: League; left: number }> {
  const { model, store } = await openLeague();
  const samples = (field: { readonly name: string }): readonly unknown[] =>
    Object.values(LEAGUE.rows).flatMap((rows) => rows.flatMap((row) => (field.name in row ? [row[field.name]] : [])));
  const policies = new Map<string, Predicate>();
  const rows: Record<string, Record<string, unknown>[]> = {};
  for (const entity of model.entities.values()) {
    const fields = [...entity.fields.values()];
    // Some entities are seen whole, and none loses everything: most answers would be empty.
    for (let policy: Predicate = TRUE; ;) {
      const base = { groups: null, orderBy: [], limit: null, offset: null, keyset: [], within: null };
      const select: Select = { ...base, from: place(entity), where: policy, output: fields.map(own) };
      const [batch] = await store.read([select], { args: [], form: 'TYPED', signal });
      rows[`main.${entity.entity}`] = batch!.rows.map((row) =>
        Object.fromEntries(fields.map((f, i) => [f.name, row[i]])),
      );
      policies.set(entity.entity, policy);
      if (batch!.rows.length > 0 && (policy !== TRUE || random.chance(0.2))) break;
      policy = new Selects(random, [entity], samples, { literals: true }).where(entity, 0);
    }
  }
  const can = scanned ? NO_CAPABILITIES : undefined;
  const whole = await memoryStore('league', LEAGUE);
  const rest = await memoryStore('league', { shape: LEAGUE.shape, rows });
  return {
    hidden: await leagueOver(whole, can, {}, ({ entity }) => policies.get(entity)!),
    gone: await leagueOver(rest, can),
    left: Object.values(rows).flat().length,
  };
}

test.each([
  ['a store that does everything', false],
  ['a store that can only be scanned', true],
])(
  `an operation over hidden rows answers as if they were not there: %s (seed ${SEED})`,
  async (_name, scanned) => {
    const random = new Random(SEED);
    const all = Object.values(LEAGUE.rows).flat().length;
    const open = await openLeague();
    let [asked, telling] = [0, 0];
    for (let round = 0; round < cases(4, 60); round += 1) {
      const { hidden, gone, left } = await twoLeagues(random, scanned);
      expect(left).toBeLessThanOrEqual(all);
      for (let i = 0; i < 25; i += 1) {
        const text = randomOperation(hidden.schema, random);
        const document = parse(text);
        if (validate(hidden.schema, document).length > 0) continue;
        const data = await dataOf(hidden, document);
        expect({ text, data }).toEqual({ text, data: await dataOf(gone, document) });
        asked += 1;
        telling += data === (await dataOf(open, document)) ? 0 : 1;
      }
    }
    // The policies were felt.
    expect(telling / asked).toBeGreaterThan(0.5);
  },
  600_000,
);

test('callers with other rights have other plans of the same document', async () => {
  const store = await memoryStore('league', LEAGUE);
  const league = await leagueOver(store, undefined, {}, (entity, { permissions }) =>
    entity.entity === 'team' && permissions === 'few'
      ? {
          kind: 'compare',
          operand: own(entity.fields.get('id')!),
          op: 'lt',
          value: literal(INT64, 2n),
          collate: 'STORE',
        }
      : TRUE,
  );
  const text = '{ league { team { id } player(where: { id: { eq: 2 } }) { team { id } } } }';
  const few = { league: { team: [{ id: 0 }, { id: 1 }], player: [{ team: null }] } };
  const all = { league: { team: [0, 1, 2, 3, 4].map((id) => ({ id })), player: [{ team: { id: 2 } }] } };
  const document = parse(text);
  for (const [permissions, data] of [
    ['all', all],
    ['few', few],
    ['all', all],
  ] as const) {
    expect(JSON.parse(await dataOf(league, document, permissions))).toEqual(data);
  }
});
