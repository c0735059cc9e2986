import { GatewayError } from '../../src/errors.js';
import { abortReason } from './errors.js';

/** At most `size` operations at a time, in the order of asking; of those that wait at most `queueLimit`. */
export class Turns {
  private free: number;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly source: string,
    size: number,
    private readonly queueLimit: number,
  ) {
    this.free = size;
  }

  async take(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw abortReason(signal);
    if (this.free > 0) {
      this.free -= 1;
      return;
    }
    if (this.waiting.size >= this.queueLimit) {
      throw new GatewayError(
        'OVERLOADED',
        `${this.source}: ${this.queueLimit} operations already wait for a connection`,
        { source: this.source },
      );
    }
    await new Promise<void>((resolve, reject) => {
      const settle = (): void => {
        this.waiting.delete(go);
        signal.removeEventListener('abort', onAbort);
      };
      const go = (): void => {
        settle();
        resolve();
      };
      const onAbort = (): void => {
        settle();
        reject(abortReason(signal));
      };
      this.waiting.add(go);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  give(): void {
    const [next] = this.waiting;
    if (next) next();
    else this.free += 1;
  }
}
