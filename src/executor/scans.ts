import type { StreamedScan } from '../compute/scanned.js';
import { nearText } from '../ir/join.js';
import type { Select } from '../ir/select.js';
import type { KeyedScan, Residual, Scan } from '../planner/plan.js';
import type { Batch, Row } from '../store/batch.js';
import type { Run } from '../store/store.js';
import { reader, runOf, type ExecutionContext, type Read } from './context.js';
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
  const rows = await readScans(residual, read, context);
  const scanned = residual.scans.map((scan) => ({ ...scan, rows: rows.get(scan)! }));
  const { compute, args, rowBudget, signal } = context;
  return compute.answer(residual.select, scanned, args, rowBudget, signal);
}

type Scanned = Map<Scan, readonly Row[]>;

/** The rows of scans, those of other sources read there; what the level's own rows narrow follows them. */
async function readScans(
  { select: { from, within }, scans }: Residual,
  read: Read,
  context: ExecutionContext,
): Promise<Scanned> {
  const { entity } = from;
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
  await readSome(
    scans.filter((scan) => !later.includes(scan)),
    () => parentValues(within, context),
  );
  const root = scans.find((scan) => scan.entity === entity)!;
  await readSome(later, ({ keyed }) => valuesOf(keyed!, root, scanned.get(root)!));
  return scanned;
}

/** The scan by join values, unless they are too many to be sent. */
function narrowed({ select, keyed }: Scan, valuesOf: () => readonly unknown[], context: ExecutionContext): Select {
  if (keyed === null) return select;
  const texts = new JoinTexts(keyed);
  for (const value of valuesOf()) texts.add(value);
  return byTexts(select, texts, context);
}

function byTexts(select: Select, { keyed, texts }: JoinTexts, context: ExecutionContext): Select {
  if (texts === null) return select;
  fill(keyed.slots, [...texts], keyed.pair.to.type, context);
  return keyed.select;
}

/** The distinct join values of rows; null once they are too many to be sent. */
class JoinTexts {
  texts: Set<string> | null = new Set();

  constructor(readonly keyed: KeyedScan) {}

  add(value: unknown): void {
    if (this.texts === null || value === null) return;
    this.texts.add(nearText(this.keyed.pair, value));
    if (this.texts.size > this.keyed.most) this.texts = null;
  }
}

/**
 * The scans in the order in which they are to be read, each a stream: those that the level's own rows narrow come after
 * these, with their join values, if they are not too many.
 */
export function streamedScans(
  { select: { from, within }, scans }: Residual,
  context: ExecutionContext,
): readonly StreamedScan[] {
  const { entity } = from;
  const isLater = ({ keyed }: Scan): boolean => keyed?.of === 'ROWS';
  const later = new Map(scans.filter(isLater).map((scan) => [scan, new JoinTexts(scan.keyed!)]));
  const selectOf = (scan: Scan): Select => {
    const texts = later.get(scan);
    return texts ? byTexts(scan.select, texts, context) : narrowed(scan, () => parentValues(within, context), context);
  };
  return [...scans.filter((scan) => !isLater(scan)), ...later.keys()].map((scan) => ({
    entity: scan.entity,
    columns: scan.columns,
    async *batches() {
      const { source } = scan.entity;
      const noted = scan.entity === entity ? [...later.values()] : [];
      const places = noted.map(({ keyed }) => scan.columns.indexOf(keyed.pair.from.name));
      for await (const { rows } of context.storeOf(source).stream(selectOf(scan), runOf(source, 'TYPED', context))) {
        noted.forEach((texts, i) => {
          for (const row of rows) texts.add(row[places[i]!]);
        });
        yield rows;
      }
    },
  }));
}

function parentValues(within: Select['within'], { args }: ExecutionContext): readonly unknown[] {
  if (within?.parents.kind !== 'keys') return [];
  return (args[within.parents.slot] as readonly Row[]).map(([value]) => value);
}

function valuesOf({ pair }: KeyedScan, { columns }: Scan, rows: readonly Row[]): readonly unknown[] {
  const at = columns.indexOf(pair.from.name);
  return rows.map((row) => row[at]);
}
