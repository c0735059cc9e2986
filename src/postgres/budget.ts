/** Every connection that a gateway's process may open, by purpose. A server of the user's own must allow as many. */
export const CONNECTIONS = {
  /** Of each source, unless its `pool` says otherwise. */
  source: { page: 10, stream: 4 },
  /** One holds the migrations' lock while another migrates. */
  catalog: 3,
  /** Hears what other gateways of the catalog tell. */
  listen: 1,
  /** Loading the demo, once. */
  demo: { page: 1, stream: 1 },
  /** Short ones: cancel requests, checks, making a database. */
  passing: 8,
  /** What PostgreSQL keeps for superusers. */
  reserved: 3,
} as const;

/** The connections of one source: `pool` for pages, and those of streams and sessions beside them. */
export function sourceConnections(pool: number): { readonly page: number; readonly stream: number } {
  return { page: pool, stream: CONNECTIONS.source.stream };
}

const EMBEDDED_SOURCES = 4;

/** What the embedded PostgreSQL allows: the above for one gateway that serves four sources of it. */
export const EMBEDDED_MAX_CONNECTIONS =
  EMBEDDED_SOURCES * (CONNECTIONS.source.page + CONNECTIONS.source.stream) +
  CONNECTIONS.catalog +
  CONNECTIONS.listen +
  CONNECTIONS.demo.page +
  CONNECTIONS.demo.stream +
  CONNECTIONS.passing +
  CONNECTIONS.reserved;
