// The gateway against hand-written code, both in this process: answers compared first, then in turn.
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import gql from 'graphql';
import { loadConfig } from '../../dist/src/config/index.js';
import { openYard } from '../../dist/src/main.js';
import { f, median } from './servers.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SECONDS = Number(process.env.SECONDS ?? 3);
const CALLERS = 8;

/** A gateway of this process over a configuration, without a catalog. */
export async function openGateway(config) {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-bench-gateway-'));
  const file = join(folder, 'trainyard.yaml');
  writeFileSync(file, `${config}\nstorage: { path: '${join(folder, 'data')}' }\n`);
  const yard = await openYard(loadConfig({ config: file }, {}), () => undefined, { keeps: false });
  const problems = [...yard.sources.values()].flatMap(({ model }) => model.problems);
  if (problems.length > 0) throw new Error(problems[0].message);
  const answered = async (document, variables) => {
    const answer = await yard.plane.execute({
      document,
      operation: document.definitions[0],
      operationName: null,
      variables,
      caller: { id: 'bench', permissions: 'all' },
      signal: new AbortController().signal,
      controlContext: {},
    });
    if (answer.errors.length > 0) throw answer.errors[0];
    return answer;
  };
  return {
    yard,
    answered,
    ask: async (document, variables) => (await answered(document, variables)).data,
    async close() {
      await yard.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Requests a second of both, and their ratio. `plain`: the gateway's answer as the floor has it. */
export async function compare({ name, config, question, variables, floor, plain, close }) {
  const gateway = await openGateway(config);
  try {
    const document = gql.parse(question);
    const sides = {
      gateway: (given) => gateway.ask(document, given),
      floor: async (given) => Buffer.from(JSON.stringify(await floor(given))),
    };
    const given = variables();
    const [a, b] = (await Promise.all([sides.gateway(given), sides.floor(given)])).map((text) =>
      JSON.parse(String(text)),
    );
    if (!isDeepStrictEqual(plain(a), b)) {
      throw new Error(`answers differ: ${JSON.stringify(a).slice(0, 300)} … ${JSON.stringify(b).slice(0, 300)}`);
    }
    const rates = { gateway: [], floor: [] };
    for (let round = -1; round < ROUNDS; round += 1) {
      for (const [side, ask] of Object.entries(sides)) {
        const rate = await perSecond(() => ask(variables()));
        if (round >= 0) rates[side].push(rate);
      }
    }
    const ratios = rates.gateway.map((rate, i) => rate / rates.floor[i]);
    console.log(
      `${name}: ratio ${f(median(ratios), 2)} (${f(Math.min(...ratios), 2)}–${f(Math.max(...ratios), 2)}), ${f(median(rates.gateway), 1)} against ${f(median(rates.floor), 1)} requests/s`,
    );
  } finally {
    await gateway.close();
    await close();
  }
}

async function perSecond(ask) {
  const end = performance.now() + SECONDS * 1000;
  let done = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      while (performance.now() < end) {
        await ask();
        done += 1;
      }
    }),
  );
  return done / ((performance.now() - began) / 1000);
}
