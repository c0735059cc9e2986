import { connect as connectSocket } from 'node:net';
import pg from 'pg';
import type { Client } from './client.js';

/** From now until `settle`, an abort of the signal cancels what the connection does. */
export function cancelOnAbort(client: Client, url: string, signal: AbortSignal): { settle(): Promise<boolean> } {
  let cancelled: Promise<boolean> | null = null;
  const onAbort = (): void => {
    cancelled = cancel(client, url);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    /** Whether no cancel is on its way any more: otherwise it could hit whoever gets the connection next. */
    settle: async () => {
      signal.removeEventListener('abort', onAbort);
      return cancelled === null || (await cancelled);
    },
  };
}

/** A protocol-level cancel request: resolves to whether the server has taken it (it then closes the socket), never fails. */
export function cancel(client: Client, url: string): Promise<boolean> {
  const target = new pg.Client({ connectionString: url });
  return new Promise((resolve) => {
    const socket = target.host.startsWith('/')
      ? connectSocket(`${target.host}/.s.PGSQL.${target.port}`)
      : connectSocket(target.port, target.host);
    const request = Buffer.alloc(16);
    request.writeInt32BE(16, 0);
    request.writeInt32BE(80_877_102, 4);
    request.writeInt32BE(client.processID, 8);
    request.writeInt32BE(client.secretKey, 12);
    let taken = true;
    const fail = (): void => {
      taken = false;
      socket.destroy();
    };
    socket.setTimeout(2_000, fail);
    socket.on('connect', () => socket.write(request));
    socket.on('error', fail);
    socket.on('close', () => resolve(taken));
    socket.resume();
  });
}
