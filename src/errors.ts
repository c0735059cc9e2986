/**
 * Every error a caller can meet. The list is closed, documented in docs/errors.md, and grows only with a documented
 * meaning. A plain `Error` means a bug of ours and leaves the gateway masked as INTERNAL with a request id.
 */
export const ERROR_CODES = {
  BAD_REQUEST: 'The HTTP request is not one that the gateway understands.',
  GRAPHQL_PARSE_FAILED: 'The GraphQL document does not parse.',
  GRAPHQL_VALIDATION_FAILED: 'The GraphQL document does not fit the schema.',
  BAD_INPUT: 'A value, an argument, a config key or a cursor is not what was expected.',
  UNAUTHENTICATED: 'The credentials are missing or not valid.',
  FORBIDDEN: 'The caller may not do this.',
  NOT_FOUND: 'What is named does not exist, or the caller may not see it.',
  CONFLICT: 'The present state does not allow it.',
  UNSUPPORTED: 'The store, or the gateway, cannot do this; the message says what to do instead.',
  BUDGET_EXCEEDED: 'The operation would cost more than its budget; the message names the budget and what would help.',
  RATE_LIMITED: 'Too many requests from this caller.',
  OVERLOADED: 'The gateway is at its limit; try again later.',
  TIMEOUT: 'The deadline passed before the answer was complete.',
  CANCELLED: 'The operation was cancelled.',
  STORE_UNAVAILABLE: 'The store cannot be reached.',
  STORE_ERROR: 'The store refused or failed the query.',
  SCHEMA_CHANGED: 'The store no longer has the shape that the schema was built from; reload the source.',
  INTEGRITY: 'Stored data contradicts what was declared of it.',
  HEARTBEAT_LOST: 'The run stopped telling that it is alive.',
  EVENTS_EXPIRED: 'The events asked for are no longer kept.',
  PERSISTED_QUERY_NOT_FOUND: 'The persisted query is not known.',
  INTERNAL: 'A fault of the gateway; the request id leads to the log.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

const RETRYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'RATE_LIMITED',
  'OVERLOADED',
  'TIMEOUT',
  'STORE_UNAVAILABLE',
  'SCHEMA_CHANGED',
]);

/** What a caller may want to know beside code and message; all of it goes into `extensions`. */
export interface ErrorDetail {
  readonly source?: string;
  readonly field?: string;
  readonly expected?: string;
  readonly got?: string;
  readonly hint?: string;
  readonly retryable?: boolean;
}

/** An error meant for the caller: its message is shown as it is, so it never holds secrets or native queries. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly detail: ErrorDetail = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** The `extensions` of the GraphQL error. */
  get extensions(): { readonly code: ErrorCode; readonly retryable: boolean } & ErrorDetail {
    return { code: this.code, retryable: RETRYABLE.has(this.code), ...this.detail };
  }
}

/** A BAD_INPUT error that names the field, what was expected and what came. */
export function badInput(field: string, expected: string, got: unknown, hint?: string): GatewayError {
  const shown = show(got);
  return new GatewayError('BAD_INPUT', `${field}: expected ${expected}, got ${shown}${hint ? ` (${hint})` : ''}`, {
    field,
    expected,
    got: shown,
    ...(hint ? { hint } : {}),
  });
}

/** A value as an error message shows it: short, on one line. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'bigint') return String(value);
  const text = (JSON.stringify(value) as string | undefined) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
