/** Counts the requests in what one connection sends; `told` is what the server sends. */
export interface RequestCounter {
  sent(chunk: Buffer): number;
  told?(chunk: Buffer): void;
}

/** Cuts a stream of bytes: `take` gives how long the first frame is, or null while that is not known. */
class Frames {
  private rest: Buffer = Buffer.alloc(0);

  constructor(private readonly lengthOf: (bytes: Buffer) => number | null) {}

  cut(chunk: Buffer): Buffer[] {
    this.rest = Buffer.concat([this.rest, chunk]);
    const found: Buffer[] = [];
    for (;;) {
      const length = this.lengthOf(this.rest);
      if (length === null || this.rest.length < length) return found;
      found.push(this.rest.subarray(0, length));
      this.rest = this.rest.subarray(length);
    }
  }
}

/** A Sync or a simple query: what the server answers at once. */
export function postgresRequests(): RequestCounter {
  let started = false;
  const frames = new Frames((bytes) => {
    const head = started ? 1 : 0;
    return bytes.length < head + 4 ? null : bytes.readInt32BE(head) + head;
  });
  return {
    sent: (chunk) => {
      let count = 0;
      // The first message has no letter; nothing follows it before the server's answer.
      for (const frame of frames.cut(chunk)) {
        if (started && (frame[0] === 0x53 || frame[0] === 0x51)) count += 1;
        started = true;
      }
      return count;
    },
  };
}

const MYSQL = { quit: 0x01, close: 0x19 };

/** A packet that begins a command, but for goodbyes, which have no answer. */
export function mysqlRequests(): RequestCounter {
  const frames = new Frames((bytes) => (bytes.length < 4 ? null : bytes.readUIntLE(0, 3) + 4));
  return {
    sent: (chunk) =>
      frames.cut(chunk).filter((frame) => frame[3] === 0 && frame[4] !== MYSQL.quit && frame[4] !== MYSQL.close).length,
  };
}

const OP_MSG = 2013;
const MONITORING: ReadonlySet<string> = new Set(['hello', 'isMaster', 'ismaster', 'ping', 'endSessions']);

/** A command, but for those by which the driver watches the server. */
export function mongodbRequests(): RequestCounter {
  const frames = new Frames((bytes) => (bytes.length < 4 ? null : bytes.readInt32LE(0)));
  return {
    sent: (chunk) =>
      frames.cut(chunk).filter((frame) => {
        if (frame.readInt32LE(12) !== OP_MSG) return false;
        // Header, flags, the kind of section, the document's length and its first type; then a name that ends with 0.
        const name = frame.toString('latin1', 26, frame.indexOf(0, 26));
        return !MONITORING.has(name);
      }).length,
  };
}

/** A request of HTTP/1.1 whose body has a length. */
export function httpRequests(): RequestCounter {
  const frames = new Frames((bytes) => {
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) return null;
    const length = /^content-length: *(\d+)/im.exec(bytes.toString('latin1', 0, end))?.[1] ?? '0';
    return end + 4 + Number(length);
  });
  return { sent: (chunk) => frames.cut(chunk).length };
}

const BOLT = { proposals: 20, choice: 5, run: 0x10 };

/** A RUN of Bolt: a statement. */
export function boltRequests(): RequestCounter {
  let opening = BOLT.proposals;
  let told = Buffer.alloc(0);
  let inside = false;
  const frames = new Frames((bytes) => {
    if (opening > 0) return opening;
    return bytes.length < 2 ? null : bytes.readUInt16BE(0) + 2;
  });
  return {
    // Servers that answer with a list of versions are told which was chosen.
    told: (chunk) => {
      if (told.length >= 4) return;
      told = Buffer.concat([told, chunk]);
      if (told.length >= 4 && told.readUInt32BE(0) === 0x1ff) opening = BOLT.choice;
    },
    sent: (chunk) => {
      let count = 0;
      for (const frame of frames.cut(chunk)) {
        if (opening > 0) opening = 0;
        else if (frame.length === 2) inside = false;
        else {
          if (!inside && frame[3] === BOLT.run) count += 1;
          inside = true;
        }
      }
      return count;
    },
  };
}
