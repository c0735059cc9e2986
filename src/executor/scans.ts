import { nearText } from '../ir/join.js';
import type { Select } from '../ir/select.js';
import type { KeyedScan, Residual, Scan } from '../planner/plan.js';
import type { Batch, Row } from '../store/batch.js';
import type { Run } from '../store/store.js';
import { reader, type ExecutionContext, type Read } from './context.js';
import { fill } from './keys.js';

/** One select's rows: the store's, or computed from scans. */
export async function readSelect(
  select: Select,
  residual: Residual | null,
  read: Read,
  form: Run['form'],
  context: ExecutionContext,
): Promise<Batch> {
  if (residual === null) {
    const [batch] = await read([select], form);
    return batch!;
  }
  const rows = await readScans(select, residual.scans, read, context);
  const scanned = residual.scans.map((scan) => ({ ...scan, rows: rows.get(scan)! }));
  const { compute, args, rowBudget, signal } = context;
  return compute.answer(select, scanned, args, rowBudget, signal);
}

type Scanned = Map<Scan, readonly Row[]>;

/** The rows of scans, those of other sources read there; what the level's own rows narrow follows them. */
async function readScans(
  { from: { entity }, within }: Select,
  scans: readonly Scan[],
  read: Read,
  context: ExecutionContext,
): Promise<Scanned> {
  const scanned: Scanned = new Map();
  const readSome = async (some: readonly Scan[], valuesOf: (scan: Scan) => readonly unknown[]): Promise<void> => {
    await Promise.all(
      [...Map.groupBy(some, (scan) => scan.entity.source)].map(async ([source, own]) => {
        const selects = own.map((scan) => narrowed(scan, () => valuesOf(scan), context));
        const batches = await (source === entity.source ? read : reader(source, context))(selects, 'TYPED');
        own.forEach((scan, i) => scanned.set(scan, batches[i]!.rows));
      }),
    );
  };
  const later = scans.filter(({ keyed }) => keyed?.of === 'ROWS');
  const parents = within?.parents.kind === 'keys' ? (context.args[within.parents.slot] as readonly Row[]) : [];
  await readSome(
    scans.filter((scan) => !later.includes(scan)),
    () => parents.map(([value]) => value),
  );
  const root = scans.find((scan) => scan.entity === entity)!;
  await readSome(later, ({ keyed }) => valuesOf(keyed!, root, scanned.get(root)!));
  return scanned;
}

/** The scan by join values, unless they are too many to be sent. */
function narrowed({ select, keyed }: Scan, valuesOf: () => readonly unknown[], context: ExecutionContext): Select {
  if (keyed === null) return select;
  const texts = new Set<string>();
  for (const value of valuesOf()) if (value !== null) texts.add(nearText(keyed.pair, value));
  if (texts.size > keyed.most) return select;
  fill(keyed.slots, [...texts], keyed.pair.to.type, context);
  return keyed.select;
}

function valuesOf({ pair }: KeyedScan, { columns }: Scan, rows: readonly Row[]): readonly unknown[] {
  const at = columns.indexOf(pair.from.name);
  return rows.map((row) => row[at]);
}
