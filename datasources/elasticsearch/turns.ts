import { GatewayError } from '../../src/errors.js';

/** So many requests at the same time, and so many that wait for a turn; more are OVERLOADED. */
export class Turns {
  private busy = 0;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly source: string,
    private readonly most: number,
    private readonly queueLimit: number,
  ) {}

  get stats(): { readonly busy: number; readonly waiting: number } {
    return { busy: this.busy, waiting: this.waiting.size };
  }

  async take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.turn(signal);
    try {
      return await work();
    } finally {
      const [next] = this.waiting;
      if (next) next();
      else this.busy -= 1;
    }
  }

  private turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.busy < this.most) {
      this.busy += 1;
      return Promise.resolve();
    }
    if (this.waiting.size >= this.queueLimit) {
      throw new GatewayError('OVERLOADED', `${this.source}: ${this.queueLimit} requests already wait for the store`, {
        source: this.source,
      });
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.waiting.delete(go);
        signal.removeEventListener('abort', abort);
      };
      const go = (): void => {
        leave();
        resolve();
      };
      const abort = (): void => {
        leave();
        reject(signal.reason as Error);
      };
      this.waiting.add(go);
      signal.addEventListener('abort', abort, { once: true });
    });
  }
}
