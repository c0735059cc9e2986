import { GatewayError } from '../../src/errors.js';

/** At most `size` operations at a time; `queueLimit` more may wait, first come first served. */
export class Turns {
  private busy = 0;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly source: string,
    private readonly size: number,
    private readonly queueLimit: number,
  ) {}

  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.busy < this.size) {
      this.busy += 1;
      return;
    }
    if (this.waiting.size >= this.queueLimit) {
      const message = `${this.source}: ${this.queueLimit} operations already wait for a connection`;
      throw new GatewayError('OVERLOADED', message, { source: this.source });
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = (): void => {
      if (this.waiting.delete(resolve)) reject(signal.reason as Error);
    };
    this.waiting.add(resolve);
    signal.addEventListener('abort', leave, { once: true });
    await promise.finally(() => signal.removeEventListener('abort', leave));
  }

  /** The turn goes to who waits longest. */
  give(): void {
    const [next] = this.waiting;
    if (!next) {
      this.busy -= 1;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}
