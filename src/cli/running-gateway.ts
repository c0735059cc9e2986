import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/index.js';
import { GatewayError } from '../errors.js';

/** Leaves the gateway's address in its data folder, where commands look for it; the result takes it away again. */
export async function announceGateway({ storage }: Config, url: string): Promise<() => Promise<void>> {
  const file = addressFile(storage.path);
  // A gateway that keeps nothing of its own on this disk has no such folder: then `--gateway` finds it.
  await writeFile(file, `${url}\n`, { mode: 0o600 }).catch(() => undefined);
  return () => rm(file, { force: true });
}

/** The gateway that runs on the data folder, or null. */
export async function runningGateway({ storage }: Config): Promise<string | null> {
  const url = await readFile(addressFile(storage.path), 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
  if (url === null) return null;
  // It is still there after a kill.
  return askGateway(url, '{ __typename }').then(
    () => url,
    () => null,
  );
}

/** Asks a gateway's API; its first error becomes ours. */
export async function askGateway<T>(
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  signal: AbortSignal = AbortSignal.timeout(60_000),
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
      signal,
    });
  } catch (error) {
    throw new GatewayError('STORE_UNAVAILABLE', `there is no gateway at ${url}`, {}, { cause: error });
  }
  const answer = (await response.json().catch(() => null)) as {
    data?: T;
    errors?: readonly { message: string; extensions?: { code?: GatewayError['code'] } }[];
  } | null;
  if (answer === null)
    throw new GatewayError(
      'BAD_INPUT',
      `${url}: expected a gateway's /graphql, got another answer (${response.status})`,
    );
  const [error] = answer.errors ?? [];
  if (error) throw new GatewayError(error.extensions?.code ?? 'INTERNAL', error.message);
  return answer.data as T;
}

function addressFile(dataDir: string): string {
  return join(dataDir, 'gateway.url');
}
