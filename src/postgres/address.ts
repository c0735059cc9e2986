import type { TlsOptions } from 'node:tls';
import pg from 'pg';

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** As Node's `tls` takes it; true: with what it trusts by itself. */
  readonly ssl: boolean | TlsOptions;
}

/** What a URL says, by the rules of `pg` itself: `?host=` names a folder of sockets, PGHOST and the others fill gaps. */
export function addressOf(url: string): Address {
  const client = new pg.Client({ connectionString: url });
  const { host, port, user, password, database } = client;
  const ssl: unknown = client.ssl;
  return {
    host,
    port,
    user: user ?? '',
    password: password ?? '',
    database: database ?? '',
    ssl: isObject(ssl) ? ssl : Boolean(ssl),
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
