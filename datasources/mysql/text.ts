import { keyword, sql, type Fragment } from '../sql/fragment.js';
import type { Server } from './native.js';

/** The collation of each server in which texts are equal, and ordered, by their characters alone: blanks at the end count. */
export const BYTES: Readonly<Record<Server, string>> = { mariadb: 'utf8mb4_nopad_bin', mysql: 'utf8mb4_0900_bin' };

export type Bytewise = (text: Fragment) => Fragment;

export function bytewiseBy(collation: string): Bytewise {
  return (text) => sql`(convert(${text} using utf8mb4) collate ${keyword(collation)})`;
}
