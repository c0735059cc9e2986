// A client that costs little: sockets kept open, answers measured by their content-length.
import { connect } from 'node:net';

function requestOf(work, port) {
  const body = JSON.stringify({ query: work.query, variables: work.variables() });
  return `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** One socket: `ask` resolves with the bytes of the answer's body when `keep`, else with its length. */
class Client {
  constructor(port) {
    this.port = port;
    this.chunks = [];
    this.size = 0;
    this.wanted = -1;
    this.socket = connect(port, '127.0.0.1');
    this.socket.setNoDelay(true);
    this.socket.on('data', (chunk) => this.take(chunk));
    this.socket.on('error', (error) => this.reject?.(error));
    this.socket.on('close', () => this.reject?.(new Error('the server closed the connection')));
  }

  take(chunk) {
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.wanted < 0) {
      const head = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const text = head.latin1Slice(0, end);
      if (!text.startsWith('HTTP/1.1 200'))
        return this.reject(new Error(`${text.split('\r\n')[0]} ${head.subarray(end + 4)}`));
      const length = /content-length: (\d+)/i.exec(text);
      this.start = end + 4;
      this.wanted = this.start + Number(length[1]);
    }
    if (this.size < this.wanted) return;
    const body = this.keep ? Buffer.concat(this.chunks).subarray(this.start, this.wanted) : null;
    this.chunks = [];
    this.size = 0;
    this.wanted = -1;
    const { resolve } = this;
    this.reject = undefined;
    resolve(body);
  }

  ask(work, keep = false) {
    this.keep = keep;
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      this.socket.write(requestOf(work, this.port));
    });
  }

  close() {
    this.reject = undefined;
    this.socket.destroy();
  }
}

/** As many requests as go in `seconds` over `connections`: requests a second. */
export async function saturate(port, work, connections, seconds) {
  const clients = Array.from({ length: connections }, () => new Client(port));
  const end = performance.now() + seconds * 1000;
  let done = 0;
  const start = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < end) {
        await client.ask(work);
        done += 1;
      }
    }),
  );
  const rate = (done * 1000) / (performance.now() - start);
  for (const client of clients) client.close();
  return { rate, done };
}

/** Requests sent at a fixed rate, whether the last ones are answered or not: the 99th percentile in ms, from the time each was due. */
export async function pace(port, work, connections, rate, seconds) {
  const clients = Array.from({ length: connections }, () => new Client(port));
  const idle = [...clients];
  const waiting = [];
  const latencies = [];
  const total = Math.floor(rate * seconds);
  const start = performance.now();
  let sent = 0;
  let answered = 0;
  await new Promise((resolve, reject) => {
    const run = async (client, due) => {
      try {
        await client.ask(work);
      } catch (error) {
        reject(error);
        return;
      }
      latencies.push(performance.now() - due);
      answered += 1;
      if (answered === total) return resolve();
      const next = waiting.shift();
      if (next === undefined) idle.push(client);
      else void run(client, next);
    };
    const tick = () => {
      const now = performance.now();
      while (sent < total && start + (sent * 1000) / rate <= now) {
        const due = start + (sent * 1000) / rate;
        sent += 1;
        const client = idle.pop();
        if (client) void run(client, due);
        else waiting.push(due);
      }
      if (sent < total) setTimeout(tick, 1);
    };
    tick();
  });
  for (const client of clients) client.close();
  latencies.sort((a, b) => a - b);
  return { p50: latencies[Math.floor(total * 0.5)], p99: latencies[Math.floor(total * 0.99)] };
}

export async function ask(port, work, variables) {
  const client = new Client(port);
  const body = await client.ask({ ...work, variables: () => variables }, true);
  client.close();
  return JSON.parse(body.toString());
}
