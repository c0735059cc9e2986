/** Milliseconds before the next attempt: twice as long each time up to `most`, and jittered, so that many do not come at once. */
export function backOff(attempt: number, first = 100, most = 10_000): number {
  return Math.min(first * 2 ** Math.min(attempt, 30), most) * (0.5 + Math.random());
}
