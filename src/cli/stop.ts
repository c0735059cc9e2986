/** Resolves at the first SIGINT or SIGTERM; the second ends the process at once. */
export function stopSignal(): { readonly asked: Promise<void>; release(): void } {
  let resolve: () => void = () => undefined;
  const asked = new Promise<void>((done) => (resolve = done));
  let count = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    count += 1;
    if (count > 1) process.exit(signal === 'SIGINT' ? 130 : 143);
    resolve();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return { asked, release: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal) };
}
