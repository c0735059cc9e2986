import { GatewayError } from '../errors.js';

/** At most `size` operations at a time; `queueLimit` may wait for their turn, in the order of asking. */
export class Turns {
  private busy = 0;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly source: string,
    private readonly size: number,
    private readonly queueLimit: number,
  ) {}

  /** Resolves when it is this operation's turn: with what ends it. */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.busy >= this.size) await this.wait(signal);
    else this.busy += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const [next] = this.waiting;
      if (next) next();
      else this.busy -= 1;
    };
  }

  private wait(signal: AbortSignal): Promise<void> {
    if (this.waiting.size >= this.queueLimit) {
      const message = `${this.source}: ${this.queueLimit} operations already wait for a connection`;
      throw new GatewayError('OVERLOADED', message, { source: this.source });
    }
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.waiting.delete(go);
        signal.removeEventListener('abort', leave);
      };
      const go = (): void => {
        settle();
        resolve();
      };
      const leave = (): void => {
        settle();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', leave, { once: true });
      this.waiting.add(go);
    });
  }
}
