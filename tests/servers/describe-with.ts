import { beforeAll, describe, test } from '@jest/globals';
import { lacking, sharedServer, START_MS, type ServerName, type TestStore } from './index.js';

/**
 * A suite that needs a server of this kind; it is up before the first test and hook of the body. Where it cannot be had the
 * suite fails in CI and is skipped, with the reason, elsewhere.
 */
export function describeWith(name: ServerName, title: string, body: (store: () => TestStore) => void): void {
  const reason = lacking(name);
  if (reason === null) {
    describe(title, () => {
      let store: TestStore | null = null;
      beforeAll(async () => {
        store = await sharedServer(name);
      }, START_MS);
      body(() => {
        if (!store) throw new Error(`${name} is asked for before it was started`);
        return store;
      });
    });
  } else if (process.env.CI === 'true') {
    test(`${title} (${reason})`, () => {
      throw new Error(reason);
    });
  } else {
    test.skip(`${title} (${reason})`, () => undefined);
  }
}
