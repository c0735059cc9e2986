import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type NetConnectOpts, type Socket } from 'node:net';

/** What is told of the bytes of one connection, in each direction. */
export interface Tap {
  up?(chunk: Buffer): void;
  down?(chunk: Buffer): void;
}

export interface Passage {
  /** `host:port`, where it listens. */
  readonly host: string;
  close(): Promise<void>;
}

/** A TCP way to wherever `target` says when a connection is made: an address that stays while servers come and go. */
export async function openPassage(target: () => NetConnectOpts, tap: () => Tap = () => ({})): Promise<Passage> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target());
    const { up, down } = tap();
    client.on('data', (chunk: Buffer) => up?.(chunk));
    upstream.on('data', (chunk: Buffer) => down?.(chunk));
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
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
