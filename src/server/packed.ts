import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const [compressGzip, compressBrotli] = [promisify(gzip), promisify(brotliCompress)];

export type Encoding = 'br' | 'gzip';

/** A long text that is sent again and again: it is kept in the encodings that clients take, and not as text. */
export class Packed {
  private constructor(
    /** Bytes of the text. */
    readonly length: number,
    readonly encoded: Readonly<Record<Encoding, Buffer>>,
  ) {}

  static async of(text: Buffer): Promise<Packed> {
    const [gzip, br] = await Promise.all([compress('gzip', text), compress('br', text)]);
    return new Packed(text.length, { gzip, br });
  }

  get bytes(): number {
    return this.encoded.br.length + this.encoded.gzip.length;
  }
}

export function compress(encoding: Encoding, text: string | Buffer): Promise<Buffer> {
  return encoding === 'br'
    ? compressBrotli(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })
    : compressGzip(text, { level: 5 });
}
