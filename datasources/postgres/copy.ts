import type { Select } from '../../src/ir/select.js';
import type { Row } from '../../src/store/batch.js';
import { statementOf } from '../sql/compile.js';
import { decodeBinary, type BinaryDecoder } from './copy-values.js';
import { COPY_DIALECT } from './dialect.js';
import { columnOf } from './native.js';
import { isDocument } from './values.js';

/** A select as `COPY … TO STDOUT` in the binary format, which costs the server and us a fraction of text. */
export interface CopyQuery {
  readonly text: string;
  readonly decoders: readonly BinaryDecoder[];
}

/** null where COPY cannot be asked: it takes no parameters, and only fields tell the layout of their bytes. */
export function copyOf(select: Select): CopyQuery | null {
  if (select.groups !== null || select.within !== null || select.output.length === 0) return null;
  const decoders: BinaryDecoder[] = [];
  for (const { leaf, type } of select.output) {
    if (leaf.kind !== 'field' || isDocument(type) || type.kind === 'vector') return null;
    decoders.push(decodeBinary(type, columnOf(leaf.field).type));
  }
  const { text, parameters } = statementOf(select, COPY_DIALECT).statement;
  return parameters.length > 0 ? null : { text: `copy (${text}) to stdout (format binary)`, decoders };
}

/** Eleven bytes of signature, flags, and the length of what an extension may add. */
const HEADER = 19;

/** Rows of a binary COPY in batches: of `rows` rows at most, or when `bytes` bytes of them have come. */
export async function* copiedRows(
  chunks: AsyncIterable<Buffer>,
  decoders: readonly BinaryDecoder[],
  most: { readonly rows: number; readonly bytes: number },
): AsyncIterable<{ readonly rows: readonly Row[]; readonly bytes: number }> {
  let held: Buffer[] = [];
  let size = 0;
  let needed = HEADER;
  let begun = false;
  let ended = false;
  let batch: { rows: Row[]; bytes: number } = { rows: [], bytes: 0 };
  for await (const chunk of chunks) {
    held.push(chunk);
    size += chunk.length;
    if (size < needed) continue;
    const buffer = held.length === 1 ? chunk : Buffer.concat(held, size);
    let at = 0;
    if (!begun) at = HEADER + buffer.readInt32BE(HEADER - 4);
    begun = true;
    for (needed = rowLength(buffer, at); !ended && at + needed <= buffer.length; needed = rowLength(buffer, at)) {
      if (buffer.readInt16BE(at) < 0) {
        ended = true;
        break;
      }
      batch.rows.push(rowAt(buffer, at, decoders));
      batch.bytes += needed;
      at += needed;
      if (batch.rows.length < most.rows && batch.bytes < most.bytes) continue;
      yield batch;
      batch = { rows: [], bytes: 0 };
    }
    held = [buffer.subarray(at)];
    size = buffer.length - at;
  }
  if (!ended) throw new Error('a binary COPY ended without its trailer');
  if (batch.rows.length > 0) yield batch;
}

/** How many bytes the row at `at` has, or has at least when it is not there whole. */
function rowLength(buffer: Buffer, start: number): number {
  let at = start + 2;
  if (at > buffer.length) return 2;
  for (let fields = buffer.readInt16BE(start); fields > 0; fields -= 1) {
    if (at + 4 > buffer.length) return at + 4 - start;
    at += 4 + Math.max(0, buffer.readInt32BE(at));
  }
  return at - start;
}

function rowAt(buffer: Buffer, start: number, decoders: readonly BinaryDecoder[]): Row {
  let at = start + 2;
  return decoders.map((decode) => {
    const length = buffer.readInt32BE(at);
    at += 4;
    if (length < 0) return null;
    at += length;
    return decode(buffer, at - length, length);
  });
}
