import pg from 'pg';
import { backOff } from '../retry.js';
import { newClient, SETTINGS, type Client, type ClientOptions } from './client.js';
import { mapError } from './errors.js';

/**
 * Notifications of a channel until the returned function is called, over a connection of its own. A connection that is
 * lost is opened again with back-off; `onReconnect` then tells that some may have been missed.
 */
export async function listen(
  options: ClientOptions & { readonly name: string },
  channel: string,
  onNotify: (payload: string) => void,
  onReconnect?: () => void,
): Promise<() => Promise<void>> {
  let stopped = false;
  let current: Client | null = null;
  let retry: NodeJS.Timeout | null = null;
  const start = async (): Promise<void> => {
    const client = newClient(options, SETTINGS);
    client.on('notification', (n) => onNotify(n.payload ?? ''));
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    if (stopped) return client.end();
    current = client;
    client.on('end', () => again(0));
  };
  const again = (attempt: number): void => {
    if (stopped) return;
    retry = setTimeout(() => {
      start().then(
        () => {
          if (!stopped) onReconnect?.();
        },
        () => again(attempt + 1),
      );
    }, backOff(attempt));
  };
  try {
    await start();
  } catch (error) {
    throw mapError(error, options.name);
  }
  return async () => {
    stopped = true;
    if (retry) clearTimeout(retry);
    await current?.end().catch(() => undefined);
  };
}
