import type { NetConnectOpts } from 'node:net';
import { openPassage } from '../servers/passage.js';
import type { RequestCounter } from './requests.js';

export interface Traffic {
  readonly requests: number;
  /** Bytes to the server, and from it. */
  readonly up: number;
  readonly down: number;
}

export interface CountingProxy {
  /** `host:port`, where it listens. */
  readonly host: string;
  /** What went over the wire while something was done. */
  during(work: () => Promise<unknown>): Promise<Traffic>;
  close(): Promise<void>;
}

/** A TCP way to a server that counts what passes. */
export async function countingProxy(target: NetConnectOpts, counter: () => RequestCounter): Promise<CountingProxy> {
  const all = { requests: 0, up: 0, down: 0 };
  const { host, close } = await openPassage(
    () => target,
    () => {
      const { sent, told } = counter();
      return {
        up: (chunk) => {
          all.up += chunk.length;
          all.requests += sent(chunk);
        },
        down: (chunk) => {
          all.down += chunk.length;
          told?.(chunk);
        },
      };
    },
  );
  return {
    host,
    during: async (work) => {
      const before = { ...all };
      await work();
      return {
        requests: all.requests - before.requests,
        up: all.up - before.up,
        down: all.down - before.down,
      };
    },
    close,
  };
}
