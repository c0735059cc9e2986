/** Processes that join rows, from the sources. */
export const WORKER = {
  script: new URL('worker.mjs', import.meta.url),
  flags: ['--max-old-space-size=256', '--experimental-transform-types', '--disable-warning=ExperimentalWarning'],
};
