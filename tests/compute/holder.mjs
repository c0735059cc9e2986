// A process that reads a join without an end, until it is killed. Argument: the folder for what memory does not hold.
import '../typescript.mjs';

const { openCompute } = await import('../../src/compute/answer.ts');
const { buildEntities } = await import('../../src/sources/model.ts');
const { own, place } = await import('../../src/ir/operand.ts');
const { selectFrom } = await import('../../src/ir/select.ts');
const { WORKER } = await import('./from-sources.ts');

const field = { name: 'id', type: { kind: 'int', bits: 64 }, nullable: false, description: null, native: null };
const facts = { kind: 'TABLE', description: null, key: ['id'], unique: [], references: [], estimatedRows: null };
const shape = { ...facts, name: 'row', id: 'row', fields: [field], native: null };
const entity = buildEntities('shop', { entities: [shape], problems: [] }).entities.get('row');
const limits = { memory: '100MB', threads: 1, concurrency: 1, queueLimit: 1, readMs: 10_000 };
const compute = openCompute({ ...limits, temporary: process.argv[2], worker: WORKER }, -1);
const scan = {
  entity,
  columns: ['id'],
  async *batches() {
    for (let at = 0n; ; at += 1n) {
      yield [[at]];
      if (at === 100n) console.log('reading');
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  },
};
const select = selectFrom(place(entity), { output: [own(entity.fields.get('id'))] });
const joined = compute.stream(select, [scan], [], 1, new AbortController().signal)[Symbol.asyncIterator]();
await joined.next();
