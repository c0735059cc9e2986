import type { IncomingMessage } from 'node:http';

/** How much more than allowed is read and dropped, so that the client reads the refusal and not a reset. */
const DROPPED = 8;

/** null when it is larger than allowed. Listens itself: an asynchronous iterator costs more than small bodies do. */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (): void => {
      resolve(size > limit ? null : chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    };
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else if (size > limit * DROPPED) {
        request.pause();
        settle();
      }
    });
    request.on('end', settle);
    request.on('error', reject);
    request.on('close', () => {
      if (!request.complete) reject(new Error('the client went away before its request was complete'));
    });
  });
}
