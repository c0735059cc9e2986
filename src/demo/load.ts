import type { DemoUrls } from '../config/index.js';
import { GatewayError } from '../errors.js';
import { AVIATION } from './aviation.js';
import { FILMS } from './films.js';
import type { Holder } from './holder.js';
import { openHolder } from './open.js';
import { ROUTES } from './routes.js';
import { WILDLIFE } from './wildlife.js';

const PARTS = [AVIATION, WILDLIFE, ROUTES, FILMS];

/** Loads what the stores do not have of the demo, each part into the one that its URL names. */
export async function loadDemo(urls: DemoUrls, onProgress: (message: string) => void): Promise<void> {
  const holders = new Map<string, Holder>();
  try {
    for (const part of PARTS) {
      const url = urls[part.name];
      const holder = holders.get(url) ?? openHolder(url);
      holders.set(url, holder);
      try {
        if (await holder.has(part)) continue;
      } catch (error) {
        if (!(error instanceof GatewayError) || error.code !== 'STORE_UNAVAILABLE') throw error;
        // It may have been loaded before, and come back: the others are served meanwhile.
        onProgress(error.message);
        continue;
      }
      onProgress(`loading the demo: ${part.told}`);
      await holder.load(part);
    }
  } finally {
    await Promise.all([...holders.values()].map((holder) => holder.close()));
  }
}
