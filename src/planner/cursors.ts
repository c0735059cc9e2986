import { createCipheriv, createDecipheriv, createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

/** Seals positions of pages, so that nobody can read them, make them, or use them for another question. */
export interface Cursors {
  /** `scope` says what the position belongs to; the same text and scope give the same cursor. */
  seal(scope: string, text: string): string;
  /** null: it was not sealed here, or not for this scope. */
  open(scope: string, cursor: string): string | null;
}

export const CURSOR_SECRET_BYTES = 64;
const TAG_BYTES = 16;

/**
 * HMAC-SHA-256 of scope and text, cut to 16 bytes, is both the proof and the counter block of AES-256-CTR: the synthetic
 * IV of RFC 5297, made of the primitives that Node has. No nonce can repeat, however many cursors are given out.
 */
export function openCursors(secret: Buffer): Cursors {
  if (secret.length !== CURSOR_SECRET_BYTES) throw new Error(`a secret of ${CURSOR_SECRET_BYTES} bytes is expected`);
  // Key objects: bytes would be made into such at every call.
  const [proofKey, cipherKey] = [createSecretKey(secret.subarray(0, 32)), createSecretKey(secret.subarray(32))];
  const proofOf = (scope: string, text: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(Buffer.byteLength(scope));
    return createHmac('sha256', proofKey).update(length).update(scope).update(text).digest().subarray(0, TAG_BYTES);
  };
  return {
    seal: (scope, text) => {
      const plain = Buffer.from(text);
      const tag = proofOf(scope, plain);
      const sealed = createCipheriv('aes-256-ctr', cipherKey, tag).update(plain);
      return Buffer.concat([tag, sealed]).toString('base64url');
    },
    open: (scope, cursor) => {
      if (!/^[A-Za-z0-9_-]+$/.test(cursor)) return null;
      const bytes = Buffer.from(cursor, 'base64url');
      if (bytes.length <= TAG_BYTES || bytes.toString('base64url') !== cursor) return null;
      const tag = bytes.subarray(0, TAG_BYTES);
      const plain = createDecipheriv('aes-256-ctr', cipherKey, tag).update(bytes.subarray(TAG_BYTES));
      return timingSafeEqual(tag, proofOf(scope, plain)) ? plain.toString() : null;
    },
  };
}
