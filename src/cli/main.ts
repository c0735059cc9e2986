#!/usr/bin/env node
/** The first file that runs: it imports nothing that an old Node cannot read before the version is known to do. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  console.error(
    `trainyard needs Node 22.12 or newer; this is ${process.versions.node}. npm start brings its own Node 24.`,
  );
  process.exit(1);
}
const { run } = await import('./program.js');
process.exitCode = await run(process.argv.slice(2), {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
});
export {};
