import { GatewayError } from '../errors.js';
import { abortReason } from './errors.js';

interface Waiter<T> {
  readonly give: (item: T) => void;
  readonly fail: (error: unknown) => void;
}

/** At most `size` connections, each lent to one operation at a time, in the order of asking. */
export class Pool<T> {
  private readonly idle: T[] = [];
  private readonly waiters = new Set<Waiter<T>>();
  private readonly lent = new Set<T>();
  private opening = 0;
  private closed = false;
  /** Told when nothing is lent or being opened any more. */
  private onEmpty: (() => void) | null = null;

  constructor(
    private readonly source: string,
    private readonly size: number,
    private readonly queueLimit: number,
    private readonly open: () => Promise<T>,
    private readonly shut: (item: T) => Promise<void>,
  ) {}

  get stats(): { open: number; busy: number; waiting: number } {
    return { open: this.idle.length + this.lent.size + this.opening, busy: this.lent.size, waiting: this.waiters.size };
  }

  async acquire(signal: AbortSignal): Promise<T> {
    if (signal.aborted) throw abortReason(signal);
    if (this.closed) throw this.closedError();
    const idle = this.idle.pop();
    if (idle !== undefined) {
      this.lent.add(idle);
      return idle;
    }
    if (this.lent.size + this.opening < this.size) {
      try {
        return await this.make();
      } catch (error) {
        this.serveNext();
        throw error;
      }
    }
    if (this.waiters.size >= this.queueLimit) {
      throw new GatewayError(
        'OVERLOADED',
        `${this.source}: ${this.queueLimit} operations already wait for a connection`,
        { source: this.source },
      );
    }
    return new Promise<T>((resolve, reject) => {
      const settle = (): void => {
        this.waiters.delete(waiter);
        signal.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter<T> = {
        give: (item) => {
          settle();
          resolve(item);
        },
        fail: (error) => {
          settle();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      };
      const onAbort = (): void => waiter.fail(abortReason(signal));
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiters.add(waiter);
    });
  }

  private async make(): Promise<T> {
    this.opening += 1;
    try {
      const item = await this.open();
      if (this.closed) {
        await this.shut(item);
        throw this.closedError();
      }
      this.lent.add(item);
      return item;
    } finally {
      this.opening -= 1;
      this.tellEmpty();
    }
  }

  private closedError(): GatewayError {
    return new GatewayError('STORE_UNAVAILABLE', `${this.source}: the source is closed`, { source: this.source });
  }

  private tellEmpty(): void {
    if (this.lent.size + this.opening === 0) this.onEmpty?.();
  }

  /** One that was discarded in the meantime is not lent again. */
  release(item: T): void {
    if (!this.lent.has(item)) return;
    const [next] = this.waiters;
    if (this.closed) {
      this.giveUp(item);
    } else if (next) next.give(item);
    else {
      this.lent.delete(item);
      this.idle.push(item);
    }
  }

  /** A broken connection goes, and whoever waits longest gets a new one. */
  discard(item: T): void {
    if (!this.lent.has(item)) {
      const at = this.idle.indexOf(item);
      if (at >= 0) void this.shut(this.idle.splice(at, 1)[0]!);
      return;
    }
    this.giveUp(item);
    this.serveNext();
  }

  private giveUp(item: T): void {
    this.lent.delete(item);
    void this.shut(item).finally(() => this.tellEmpty());
  }

  /** Opens a connection for whoever waits longest; if that one has left when it is open, it goes to the next. */
  private serveNext(): void {
    const [next] = this.waiters;
    if (!next || this.closed || this.lent.size + this.opening >= this.size) return;
    this.make().then(
      (item) => this.release(item),
      (error: unknown) => {
        if (this.waiters.has(next)) next.fail(error);
        this.serveNext();
      },
    );
  }

  /** Takes nothing new, and waits for what is lent; what is not back after `graceMs` is shut under its user. */
  async close(graceMs = 5_000): Promise<void> {
    this.closed = true;
    for (const waiter of [...this.waiters]) waiter.fail(this.closedError());
    const idle = Promise.all(this.idle.splice(0).map((item) => this.shut(item)));
    if (this.lent.size + this.opening > 0) {
      const empty = new Promise<void>((resolve) => (this.onEmpty = resolve));
      const late = setTimeout(() => this.onEmpty?.(), graceMs);
      await empty;
      clearTimeout(late);
    }
    await Promise.all([...this.lent].map((item) => this.shut(item)));
    this.lent.clear();
    await idle;
  }
}
