/** What is made when it is first asked for, and once. A making that failed is begun again by whoever asks next. */
export interface Lazily<T> {
  get(): Promise<T>;
  /** What there is by now; null when nothing was made. */
  made(): Promise<T | null>;
}

export function lazily<T>(make: () => Promise<T>): Lazily<T> {
  let making: Promise<T> | null = null;
  return {
    get: () =>
      (making ??= make().catch((error: unknown) => {
        making = null;
        throw error;
      })),
    made: async () => (await making?.catch(() => null)) ?? null,
  };
}
