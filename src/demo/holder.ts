import type { Part } from './part.js';

/** A server that parts of the demo are loaded into. */
export interface Holder {
  has(part: Part): Promise<boolean>;
  /** A kill in the middle leaves nothing of the part to be seen; what it left is cleared by the next one. */
  load(part: Part): Promise<void>;
  close(): Promise<void>;
}
