import type { Logger } from 'pino';

/** What the server writes its lines to. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'isLevelEnabled'>;
