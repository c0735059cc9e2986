import type { Run } from '../store/store.js';

/** What an operation cost at one source. */
export interface SourceUse {
  readonly name: string;
  /** When it answered first. */
  readAt: Date;
  rows: number;
  bytes: number;
  calls: number;
  /** How long the source was waited for, turns in the queue for its connections included. */
  ms: number;
}

/** The same while the operation goes on: a source need not have answered yet. */
export type SourceProgress = Omit<SourceUse, 'readAt'> & { readAt: Date | null };

export type Uses = Map<string, SourceProgress>;

export function observer(source: string, uses: Uses): NonNullable<Run['observe']> {
  return ({ rows, bytes, calls }) => {
    const use = useOf(source, uses);
    use.readAt ??= new Date();
    use.rows += rows;
    use.bytes += bytes;
    use.calls += calls;
  };
}

export async function timed<T>(source: string, uses: Uses, reading: Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    return await reading;
  } finally {
    useOf(source, uses).ms += performance.now() - started;
  }
}

export function hasAnswered(use: SourceProgress): use is SourceUse {
  return use.readAt !== null;
}

function useOf(source: string, uses: Uses): SourceProgress {
  const known = uses.get(source);
  if (known) return known;
  const use: SourceProgress = { name: source, readAt: null, rows: 0, bytes: 0, calls: 0, ms: 0 };
  uses.set(source, use);
  return use;
}
