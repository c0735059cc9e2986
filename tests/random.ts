import { execFileSync } from 'node:child_process';

/** A small seeded generator (mulberry32): the same seed gives the same questions on every machine. */
export class Random {
  private state: number;
  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  int(below: number): number {
    return Math.floor(this.next() * below);
  }

  chance(p: number): boolean {
    return this.next() < p;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)]!;
  }
}

/** SEED, or a number made of the commit, so that each commit asks other questions. */
export function seed(): number {
  const given = process.env['SEED'];
  if (given !== undefined) return Number(given);
  try {
    return parseInt(
      execFileSync('git', ['rev-parse', '--short=8', 'HEAD'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim(),
      16,
    );
  } catch {
    return 1;
  }
}

/** How many random cases: the small number in CI, the full one under CASES=full. */
export function cases(ci: number, full: number): number {
  return process.env['CASES'] === 'full' ? full : ci;
}
