// The process that joins rows, from the sources.
import '../typescript.mjs';

await import('../../src/compute/worker.ts');
