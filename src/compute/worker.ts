// A process of its own that joins the rows of one stream: what happens to it does not happen to the gateway.
import { openWorkbench } from '../../datasources/duckdb/workbench.js';
import { GatewayError } from '../errors.js';
import type { Row } from '../store/batch.js';
import type { Reply, Request } from './messages.js';

const came: Request[] = [];
let wake: () => void = () => undefined;

process.on('message', (request: Request) => {
  came.push(request);
  wake();
});
// Without a gateway there is nobody to work for.
process.on('disconnect', () => process.exit());
// A terminal's Ctrl-C and a service's stop reach the whole group; the gateway says when it is over.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined);

async function request(): Promise<Request> {
  while (came.length === 0) await new Promise<void>((resolve) => (wake = resolve));
  return came.shift()!;
}

function reply(said: Reply): void {
  process.send!(said);
}

/** The rows of one heap. A batch is done with when the next one is asked for. */
async function* laid(): AsyncIterable<readonly Row[]> {
  for (let next = await request(); next.kind === 'lay'; next = await request()) {
    yield next.rows;
    reply({ kind: 'done' });
  }
  reply({ kind: 'done' });
}

async function work(): Promise<void> {
  const begin = await request();
  if (begin.kind !== 'begin') throw new Error(`a question begins with ${begin.kind}`);
  const { options, select, args, heaps } = begin;
  const bench = await openWorkbench(options);
  const batches = heaps.map((heap) => ({ ...heap, rows: laid() }));
  for await (const rows of bench.stream(select, batches, args, new AbortController().signal)) {
    await request();
    reply({ kind: 'rows', rows });
  }
  await request();
  reply({ kind: 'end' });
}

function failure(error: unknown): Reply {
  const known = error instanceof GatewayError ? error : new GatewayError('INTERNAL', String(error));
  return { kind: 'failed', code: known.code, message: known.message, detail: known.detail };
}

await work().catch((error: unknown) => reply(failure(error)));
