import type { Cell } from './part.js';

const CHUNK = 64 * 1024;

/** Rows in COPY's text format, many in a chunk. Empty text is null. */
export async function* copyLines(rows: AsyncIterable<readonly Cell[]>): AsyncIterable<string> {
  let chunk = '';
  for await (const row of rows) {
    chunk += `${row.map(cell).join('\t')}\n`;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

function cell(value: Cell): string {
  if (value === null || value === '') return '\\N';
  return String(value).replace(/[\\\n\r\t]/g, (c) => ({ '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' })[c]!);
}
