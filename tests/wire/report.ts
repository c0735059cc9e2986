import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import type { WiredEngine } from './engines.js';
import type { Traffic } from './proxy.js';

export interface Measured {
  readonly engine: WiredEngine;
  readonly parents: readonly number[];
  /** For each of these numbers. */
  readonly traffic: readonly Traffic[];
}

/** Tells the figures, and writes them where WIRE_REPORT says. */
export async function writeReport(all: readonly Measured[], across: readonly Measured[]): Promise<void> {
  const [table, other] = [tableOf(all, 'wire'), tableOf(across, 'wire across')];
  const target = process.env['WIRE_REPORT'];
  if (target === undefined) return;
  const text = `# What goes over the wire

Written by \`WIRE_REPORT=docs/reliability/wire.md npm test tests/wire\`: some customers, the 3 purchases of each and the 2 lines of
each of these, in one operation, counted by a proxy between gateway and store. It was asked once before, so that connections
are open and statements prepared. The figures stand in the order of the numbers of customers; that the requests do not grow
with them is a test.

${table}

Bytes are those of TCP without its own headers. What is up is the statements with their values; where they grow with the
parents, the keys of a level go to the store with the question for the next one. The server for MongoDB's protocol is not
MongoDB, and slow where levels are joined, so it is asked for fewer.

## When the customers are in another store

The same answer, whose customers are rows of a file that DuckDB reads: their ids go to the store, which gives purchases and lines.

${other}

MongoDB is not among them: the server for its protocol does not know the stage by which documents are found for several keys.
`;
  writeFileSync(target, await format(text, { ...(await resolveConfig(target)), filepath: target }));
}

function tableOf(all: readonly Measured[], what: string): string {
  const rows = all.map(({ engine, parents, traffic }) => {
    const of = (part: keyof Traffic): string => traffic.map((each) => each[part].toLocaleString('en')).join('; ');
    const counts = parents.map((each) => each.toLocaleString('en')).join('; ');
    return [engine.name, engine.request, counts, of('requests'), of('up'), of('down')];
  });
  for (const row of rows) process.stderr.write(`${what}: ${row.join(' | ')}\n`);
  const heads = ['store', 'a request is a', 'customers', 'requests', 'bytes to the store', 'bytes from it'];
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
