// A process that reads a stream. `count`: to its end, and tells how much memory that took. `hang`: it begins, then takes
// nothing more until it is killed. Runs from the TypeScript sources.
import '../typescript.mjs';

const { postgresSource } = await import('./source.ts');
const [, , url, mode, request] = process.argv;
const source = await postgresSource(url);
const mebibytes = () => Math.round(process.memoryUsage().rss / 1024 ** 2);
let [rows, largest, start, most] = [0, 0, 0, 0];
let sum = 0n;
for await (const batch of source.stream(JSON.parse(request))) {
  rows += batch.rows.length;
  largest = Math.max(largest, batch.rows.length);
  for (const row of batch.rows) sum += row[0];
  if (mode === 'hang') {
    console.log(`reading ${rows}`);
    await new Promise((resolve) => setTimeout(resolve, 600_000));
  }
  // What the first fifth of a million took is what reading takes; nothing may come on top of it.
  if (rows < 200_000) start = Math.max(start, mebibytes());
  else most = Math.max(most, mebibytes());
}
await source.store.close();
console.log(JSON.stringify({ rows, sum: String(sum), largest, start, most }));
