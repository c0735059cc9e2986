import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkbenchOptions } from '../../datasources/duckdb/workbench.js';
import { GatewayError } from '../errors.js';
import type { Select } from '../ir/select.js';
import type { Args } from '../ir/value.js';
import type { Row } from '../store/batch.js';
import { limitReason } from '../store/abort.js';
import { Turns } from '../store/turns.js';
import type { StreamedScan } from './scanned.js';
import type { Reply, Request } from './messages.js';

export interface ProcessOptions extends WorkbenchOptions {
  /** The script of a process, and what Node is told when it begins. */
  readonly worker?: { readonly script: URL; readonly flags: readonly string[] };
  /** How many there may be at a time. */
  readonly processes: number;
}

/** Where rows are joined that are too many for the gateway's own memory. */
export interface Processes {
  /** The answer of a select over scans, each read to its end before the next one begins. */
  answer(
    select: Select,
    scans: readonly StreamedScan[],
    args: Args,
    signal: AbortSignal,
  ): AsyncIterable<readonly Row[]>;
}

/** Its heap holds the batches on the way; rows are DuckDB's. */
const WORKER = { script: new URL('./worker.js', import.meta.url), flags: ['--max-old-space-size=256'] };
/** Messages on the way to a process, and batches on the way back. */
const AHEAD = 2;

/** Each answer has a process and a folder of its own, and both are gone when the answer is read or given up. */
export function openProcesses(
  { worker = WORKER, processes, ...options }: ProcessOptions,
  scratch: () => Promise<string | null>,
): Processes {
  const turns = new Turns('compute', processes, options.queueLimit);
  return {
    async *answer(select, scans, args, signal) {
      const leave = await turns.take(signal).catch((error: unknown) => {
        throw signal.aborted ? limitReason(signal, 'compute') : error;
      });
      let temporary: string | null = null;
      let child: Talk | null = null;
      try {
        const parent = await scratch();
        temporary = parent === null ? null : await mkdtemp(join(parent, 'join-'));
        child = new Talk(worker, signal);
        const heaps = scans.map(({ entity, columns }) => ({ entity: { ...entity, relations: new Map() }, columns }));
        child.tell({ kind: 'begin', options: { ...options, temporary }, select, args, heaps });
        for (const scan of scans) {
          for await (const rows of scan.batches()) await child.ask({ kind: 'lay', rows });
          await child.ask({ kind: 'laid' });
        }
        await child.settled();
        yield* child.rows();
      } finally {
        await child?.end();
        leave();
        if (temporary !== null) await rm(temporary, { recursive: true, force: true });
      }
    },
  };
}

/** A conversation with one process. What goes wrong is thrown at whoever speaks next. */
class Talk {
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;
  private readonly replies: Reply[] = [];
  private waiting = 0;
  private failure: Error | null = null;
  private wake: () => void = () => undefined;
  private readonly abort: () => void;

  constructor(
    { script, flags }: NonNullable<ProcessOptions['worker']>,
    private readonly signal: AbortSignal,
  ) {
    this.child = fork(fileURLToPath(script), {
      execArgv: [...flags],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.abort = () => this.fail(limitReason(signal, 'compute'));
    this.child.on('message', (reply: Reply) => {
      if (reply.kind === 'failed') this.fail(new GatewayError(reply.code, reply.message, reply.detail));
      else {
        this.replies.push(reply);
        this.wake();
      }
    });
    this.child.on('error', (error) => this.fail(lost(error.message)));
    this.ended = new Promise((resolve) => {
      this.child.once('exit', (code, killedBy) => {
        this.fail(lost(killedBy ?? `exit code ${String(code)}`));
        resolve();
      });
    });
    signal.addEventListener('abort', this.abort, { once: true });
    if (signal.aborted) this.abort();
  }

  tell(request: Request): void {
    if (this.failure) throw this.failure;
    this.child.send(request, (error) => {
      if (error) this.fail(lost(error.message));
    });
  }

  /** Says something that is replied to; waits while too much is on the way. */
  async ask(request: Request): Promise<void> {
    this.tell(request);
    this.waiting += 1;
    while (this.waiting >= AHEAD) await this.reply();
  }

  /** Waits until all that was said is done. */
  async settled(): Promise<void> {
    while (this.waiting > 0) await this.reply();
  }

  /** The answer, batch after batch; the process is asked for the next ones while one is looked at. */
  async *rows(): AsyncIterable<readonly Row[]> {
    for (;;) {
      while (this.waiting < AHEAD) {
        this.tell({ kind: 'next' });
        this.waiting += 1;
      }
      const reply = await this.reply();
      if (reply.kind !== 'rows') return;
      yield reply.rows;
    }
  }

  async end(): Promise<void> {
    this.signal.removeEventListener('abort', this.abort);
    this.child.kill('SIGKILL');
    if (this.child.pid !== undefined) await this.ended;
  }

  private async reply(): Promise<Reply> {
    while (this.replies.length === 0) {
      if (this.failure) throw this.failure;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    this.waiting -= 1;
    return this.replies.shift()!;
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.wake();
  }
}

function lost(why: string): GatewayError {
  return new GatewayError('STORE_UNAVAILABLE', `compute: the process that joins rows has ended (${why})`, {
    source: 'compute',
    hint: 'ask again; when it ends each time, narrow the question',
  });
}
