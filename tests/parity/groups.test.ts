import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { served, type Served } from '../e2e/served.js';
import { cases, Random, seed } from '../random.js';
import { askPython } from './python.js';

const SEED = seed();
let gateway: Served;
beforeAll(async () => {
  gateway = await served(null);
}, 120_000);
afterAll(() => gateway.close());

interface Key {
  readonly path: string;
  readonly bucket?: string;
  readonly part?: string;
  readonly width?: number;
  readonly origin?: number;
}
interface Measured {
  readonly fn: string;
  readonly field: string | null;
  readonly q: number | null;
  /** Only rows that are later than this. */
  readonly above: number | null;
}
interface Question {
  readonly by: readonly Key[];
  readonly measures: readonly Measured[];
  readonly where: Readonly<Record<string, number>>;
}
type Group = readonly [keys: readonly unknown[], measures: readonly unknown[]];

const FNS = [
  'COUNT',
  'COUNT_DISTINCT',
  'SUM',
  'AVG',
  'MIN',
  'MAX',
  'STDDEV',
  'STDDEV_POP',
  'VARIANCE',
  'VARIANCE_POP',
  'QUANTILE',
];
const BUCKETS = ['HOUR', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'];
const PARTS = ['YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY', 'DAY_OF_WEEK', 'DAY_OF_YEAR', 'HOUR'];

function question(random: Random): Question {
  const key = (): Key => {
    switch (random.int(4)) {
      case 0:
        return {
          path: 'date',
          ...(random.chance(0.5) ? { bucket: random.pick(BUCKETS) } : { part: random.pick(PARTS) }),
        };
      case 1:
        return {
          path: random.pick(['delay', 'distance']),
          width: random.pick([15, 60.5, 500]),
          origin: random.pick([0, -7.5]),
        };
      case 2:
        return { path: random.pick(['origin_airport__state', 'destination_airport__country', 'origin_airport__city']) };
      default:
        return { path: random.pick(['origin', 'destination']) };
    }
  };
  const keys = Array.from({ length: 1 + random.int(2) }, key);
  return {
    by: keys.filter((one, i) => keys.findIndex((other) => other.path === one.path) === i),
    measures: Array.from({ length: 1 + random.int(4) }, () => {
      const fn = random.pick(FNS);
      const field = fn === 'COUNT' ? null : random.pick(['delay', 'distance']);
      return {
        fn,
        field,
        q: fn === 'QUANTILE' ? random.pick([0, 0.1, 0.5, 0.99, 1]) : null,
        above: random.chance(0.3) ? 20 : null,
      };
    }),
    where: random.chance(0.4) ? { distance: random.pick([300, 1500]) } : {},
  };
}

/** The question as GraphQL, its measures under m0, m1 …, all groups by pages of the cap. */
function textOf({ by, measures, where }: Question, offset: number): string {
  const inputs = by.map((each) => {
    const parts = Object.entries(each).map(([name, value]) => `${name}: ${String(value)}`);
    return `{ ${parts.join(', ')} }`;
  });
  const conditions = Object.entries(where).map(([field, least]) => `${field}: { gt: ${least} }`);
  const asked = measures.map(({ fn, field, q, above }, i) => {
    const narrow = above === null ? '' : `where: { delay: { gt: ${above} } }`;
    const args = (own: string): string => {
      const all = [own, narrow].filter(Boolean).join(', ');
      return all === '' ? '' : `(${all})`;
    };
    if (fn === 'COUNT') return `m${i}: count${args('')}`;
    if (fn === 'COUNT_DISTINCT') return `m${i}: count${args(`field: ${field}, distinct: true`)}`;
    if (fn === 'QUANTILE') return `m${i}: quantile${args(`field: ${field}, q: ${q}`)}`;
    const name = fn.toLowerCase().replace(/_p/, 'P');
    return `m${i}: ${name}${args('')} { ${field} }`;
  });
  return `{ aviation { flight_groups(by: [${inputs.join(', ')}], where: { ${conditions.join(', ')} }, first: 1000, offset: ${offset}) { keys ${asked.join(' ')} } } }`;
}

async function answered(asked: Question): Promise<Group[]> {
  const groups: Group[] = [];
  for (let more = true; more;) {
    const { data, errors } = await gateway.ask(textOf(asked, groups.length), {});
    expect(errors).toBeUndefined();
    const page = (data as { aviation: { flight_groups: Record<string, unknown>[] } }).aviation.flight_groups;
    groups.push(
      ...page.map((row): Group => [
        Object.values(row['keys'] as object),
        asked.measures.map(({ field }, i) => {
          const value = row[`m${i}`];
          const plain =
            typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field!] : value;
          // Sums of whole numbers are strings.
          return typeof plain === 'string' ? Number(plain) : plain;
        }),
      ]),
    );
    more = page.length === 1000;
  }
  return groups;
}

const byKeys = (groups: readonly Group[]): Map<string, readonly unknown[]> =>
  new Map(groups.map(([keys, measures]) => [JSON.stringify(keys), measures]));

/** Equal to nine digits of what is measured; pandas sums of nothing are 0, ours null. */
function isClose(mine: unknown, theirs: unknown, { fn }: Measured): boolean {
  if (mine === null || theirs === null) return mine === theirs || (fn === 'SUM' && mine === null && theirs === 0);
  return Math.abs(Number(mine) - Number(theirs)) <= 1e-9 * Math.max(1, Math.abs(Number(theirs)));
}

test(`groups of the demo's flights are those of pandas (SEED=${SEED})`, async () => {
  const random = new Random(SEED);
  const questions = Array.from({ length: cases(20, 400) }, () => question(random));
  const data = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data');
  const theirs = askPython(
    'tests/parity/groups.py',
    [join(data, 'airports.csv'), join(data, 'flights-20k.json')],
    questions,
  ) as Group[][] | null;
  if (!theirs) return;
  let compared = 0;
  for (const [i, asked] of questions.entries()) {
    const [mine, other] = [byKeys(await answered(asked)), byKeys(theirs[i]!)];
    expect({ asked, keys: [...mine.keys()].sort() }).toEqual({ asked, keys: [...other.keys()].sort() });
    for (const [key, measures] of mine) {
      for (const [at, measure] of asked.measures.entries()) {
        const [a, b] = [measures[at], other.get(key)![at]];
        if (!isClose(a, b, measure)) expect({ asked, key, measure, mine: a, theirs: b }).toBe('close');
        compared += 1;
      }
    }
  }
  expect(compared).toBeGreaterThan(questions.length * 20);
}, 600_000);
