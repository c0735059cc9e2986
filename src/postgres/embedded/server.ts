import { spawn } from 'node:child_process';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { GatewayError } from '../../errors.js';
import { backOff } from '../../retry.js';
import { EMBEDDED_MAX_CONNECTIONS } from '../budget.js';
import { failureOf, postmasterPid } from './cluster.js';
import { commandOf } from './process.js';
import { isAlive } from '../../alive.js';
import type { Quarters } from './quarters.js';

const START_TIMEOUT_MS = 60_000;
/** How long a server that was left behind may take to answer before it is stopped. */
const PATIENCE_MS = 5_000;
const LOOK_MS = 250;

export interface ServerOptions extends Quarters {
  readonly binaries: string;
  readonly password: string;
  readonly log: string;
  readonly onProgress: (message: string) => void;
}

/** One PostgreSQL on one cluster: started or adopted, started again when it ends by itself, stopped at the end. */
export class Server {
  private pid = 0;
  private stopping = false;
  private watch: NodeJS.Timeout | null = null;
  private restarting: Promise<void> | null = null;

  constructor(private readonly options: ServerOptions) {}

  url(database: string): string {
    const { password, sockets } = this.options;
    return `postgres://trainyard:${password}@localhost/${encodeURIComponent(database)}?host=${encodeURIComponent(sockets)}`;
  }

  async start(): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      if (await this.adopted()) return;
      try {
        await this.launch();
        return;
      } catch (error) {
        // Sessions of a server that was killed end a moment after it; another one may just be starting.
        if (attempt === 20 || !/shared memory block|lock file/.test((error as Error).message)) throw error;
        await wait(100);
      }
    }
  }

  /** From now on until it is stopped, a server that ends is started again. */
  keep(): void {
    this.watch = setInterval(() => {
      if (!isAlive(this.pid)) this.restarting ??= this.restart().finally(() => (this.restarting = null));
    }, LOOK_MS);
    this.watch.unref();
  }

  /** Fast shutdown: sessions end, everything written stays. */
  async stop(): Promise<void> {
    this.stopping = true;
    if (this.watch) clearInterval(this.watch);
    await this.restarting;
    if (!(await signalled(this.pid, 'SIGINT', 15_000))) await signalled(this.pid, 'SIGQUIT', 5_000);
  }

  async ensureDatabase(name: string): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url('postgres') });
    client.on('error', () => undefined);
    await client.connect();
    try {
      const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
      if (rowCount !== 0) return false;
      await client.query(`create database ${pg.escapeIdentifier(name)}`);
      return true;
    } finally {
      await client.end();
    }
  }

  private async restart(): Promise<void> {
    const { onProgress } = this.options;
    onProgress('the embedded PostgreSQL has ended; starting it again');
    for (let attempt = 0; !this.stopping; attempt += 1) {
      try {
        await this.start();
        onProgress('the embedded PostgreSQL is back');
        return;
      } catch (error) {
        if (attempt === 0) onProgress((error as Error).message);
        for (const until = Date.now() + backOff(attempt); Date.now() < until && !this.stopping;) await wait(50);
      }
    }
  }

  /** Whether a server that a gateway left behind is ours now. One that does not answer is stopped. */
  private async adopted(): Promise<boolean> {
    const { cluster, onProgress } = this.options;
    const left = await postmasterPid(cluster);
    if (left === null || !isAlive(left)) return false;
    const ours = (await commandOf(left)).includes(cluster);
    // One that has just been started, or recovers, needs a while.
    for (const until = Date.now() + PATIENCE_MS; ; await wait(50)) {
      if (await this.answers()) {
        onProgress('adopting the PostgreSQL of a gateway that ended without stopping it');
        this.pid = left;
        return true;
      }
      if (!ours || Date.now() > until || !isAlive(left)) break;
    }
    if (!ours) {
      // The number belongs to another program by now, which the server would take for one of its own.
      await rm(join(cluster, 'postmaster.pid'), { force: true });
      return false;
    }
    if (await signalled(left, 'SIGINT', 10_000)) return false;
    throw new GatewayError(
      'CONFLICT',
      `an earlier PostgreSQL (pid ${left}) still runs on ${cluster} and does not stop`,
    );
  }

  private async launch(): Promise<void> {
    const { binaries, cluster, sockets, owner } = this.options;
    const settings = {
      listen_addresses: '',
      unix_socket_directories: sockets,
      // Containers give little of the other kind.
      dynamic_shared_memory_type: 'mmap',
      max_connections: EMBEDDED_MAX_CONNECTIONS,
      shared_buffers: '64MB',
      log_min_messages: 'warning',
    };
    const log = await open(this.options.log, 'a');
    const { size } = await log.stat();
    const child = spawn(
      join(binaries, 'bin', 'postgres'),
      ['-D', cluster, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
      // A group of its own: Ctrl-C in the terminal is the gateway's, which then stops the server in order.
      { ...(owner ?? {}), cwd: '/', detached: true, stdio: ['ignore', log.fd, log.fd] },
    );
    child.unref();
    await log.close();
    let ended = false;
    child.on('exit', () => (ended = true));
    child.on('error', () => (ended = true));
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await this.answers())) {
      if (ended || Date.now() > deadline) throw await failureOf(this.options.log, size);
      await wait(15);
    }
    this.pid = child.pid!;
  }

  private async answers(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url('postgres'), connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** Sends a signal and waits for the end: whether the process has ended. */
async function signalled(pid: number, signal: NodeJS.Signals, ms: number): Promise<boolean> {
  if (pid === 0 || !isAlive(pid)) return true;
  process.kill(pid, signal);
  for (const until = Date.now() + ms; Date.now() < until; await wait(25)) if (!isAlive(pid)) return true;
  return !isAlive(pid);
}
