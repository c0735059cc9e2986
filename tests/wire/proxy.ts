import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type NetConnectOpts, type Socket } from 'node:net';
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
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target);
    const { sent, told } = counter();
    client.on('data', (chunk: Buffer) => {
      all.up += chunk.length;
      all.requests += sent(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      all.down += chunk.length;
      told?.(chunk);
    });
    client.pipe(upstream).pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    during: async (work) => {
      const before = { ...all };
      await work();
      return {
        requests: all.requests - before.requests,
        up: all.up - before.up,
        down: all.down - before.down,
      };
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
