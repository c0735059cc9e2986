import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { csvRows } from '../../src/demo/data-file.js';
import { served, type GraphQLAnswer, type Served } from '../e2e/served.js';

interface Airport {
  readonly iata: string;
  readonly node: {
    readonly _degree: number;
    readonly _neighbours: { readonly airport: readonly { readonly node: { readonly iata: string } }[] };
    readonly _path: { readonly length: number } | null;
  } | null;
}

let gateway: Served;
/** Whither routes lead, by the file that they are of. */
const onward = new Map<string, Set<string>>();

beforeAll(async () => {
  gateway = await served(null);
  for (const { origin, destination } of await csvRows('flights-airport.csv')) {
    onward.set(origin!, (onward.get(origin!) ?? new Set()).add(destination!));
    onward.set(destination!, onward.get(destination!) ?? new Set());
  }
}, 180_000);
afterAll(() => gateway.close());

/** The airports that are so far away, and no nearer. */
function reached(from: string, most: number): Map<string, number> {
  const far = new Map([[from, 0]]);
  for (let depth = 1, edge = [from]; depth <= most; depth += 1) {
    edge = [...new Set(edge.flatMap((each) => [...onward.get(each)!]))].filter((each) => !far.has(each));
    for (const each of edge) far.set(each, depth);
  }
  return far;
}

async function airports(answer: Promise<GraphQLAnswer>): Promise<{ rows: readonly Airport[]; calls: number[] }> {
  const { data, errors, extensions } = await answer;
  expect(errors).toBeUndefined();
  const { airport: rows } = (data as { aviation: { airport: readonly Airport[] } }).aviation;
  return { rows, calls: extensions!.trainyard!.sources!.map(({ calls }) => calls) };
}

const NODE =
  '_degree(types: [ROUTE]) _neighbours(types: [ROUTE], depth: 1) { airport(orderBy: [{ iata: ASC }], first: 30) { node { iata } } } _path(to: "JFK", types: [ROUTE]) { length }';

test('degree, neighbours and ways of the nodes beside rows of a table, in as many calls for two rows as for many', async () => {
  const calls: number[][] = [];
  for (const first of [2, 10, 100]) {
    const found = await airports(
      gateway.ask(
        `query ($in: [String!]!) { aviation { airport(where: { iata: { in: $in } }, orderBy: [{ iata: ASC }], first: ${first}) { iata node { ${NODE} } } } }`,
        { in: ['00M', ...[...onward.keys()].sort()] },
      ),
    );
    calls.push(found.calls);
    for (const { iata, node } of found.rows) {
      if (iata === '00M') {
        expect(node).toBeNull();
        continue;
      }
      const next = [...onward.get(iata)!].filter((each) => each !== iata);
      const way = reached(iata, 6).get('JFK') ?? null;
      expect({ iata, degree: node!._degree, path: node!._path?.length ?? null }).toEqual({
        iata,
        degree: onward.get(iata)!.size,
        path: way,
      });
      expect(node!._neighbours.airport.map((each) => each.node.iata)).toEqual(next.sort().slice(0, 30));
    }
    expect(found.rows).toHaveLength(first);
  }
  expect(calls).toEqual([calls[0], calls[0], calls[0]]);
}, 120_000);

test('rows of a table by what is asked of their nodes', async () => {
  const ask = async (node: string): Promise<string[]> => {
    const where = `{ node: { ${node} } }`;
    const { rows } = await airports(
      gateway.ask(`{ aviation { airport(where: ${where}, orderBy: [{ iata: ASC }], first: 500) { iata } } }`),
    );
    return rows.map(({ iata }) => iata);
  };
  const many = [...onward].filter(([, to]) => to.size >= 60).map(([iata]) => iata);
  expect(await ask('_degree: { types: [ROUTE], count: { gte: 60 } }')).toEqual(many.sort());
  expect(many.length).toBeGreaterThan(10);
}, 60_000);
