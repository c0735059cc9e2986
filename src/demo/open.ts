import { engineOfUrl, type DemoEngine } from '../config/index.js';
import { GatewayError, type ErrorCode } from '../errors.js';
import { openElasticsearch } from './elasticsearch.js';
import { openMongodb } from './mongodb.js';
import { openNeo4j } from './neo4j.js';
import type { Holder } from './holder.js';
import type { Part } from './part.js';
import { openPostgresHolder } from './postgres.js';

const OPEN: Readonly<Record<DemoEngine, (url: string) => Holder>> = {
  postgres: openPostgresHolder,
  mongodb: openMongodb,
  neo4j: openNeo4j,
  elasticsearch: openElasticsearch,
};

/** Errors name the part and where it was to go; URLs are told without user, password and options. */
export function openHolder(url: string): Holder {
  let holder: Holder | null = null;
  const told = async <T>(part: Part, work: (holder: Holder) => Promise<T>): Promise<T> => {
    // What a driver does not take of a URL is a mistake; whatever happens later may pass.
    let otherwise: ErrorCode = 'BAD_INPUT';
    try {
      holder ??= OPEN[engineOfUrl(url)](url);
      otherwise = 'STORE_UNAVAILABLE';
      return await work(holder);
    } catch (error) {
      const [line] = (error as Error).message.split('\n');
      const code = error instanceof GatewayError ? error.code : otherwise;
      const message = `the demo's ${part.name} could not be loaded into ${placeOf(url)}: ${line}`;
      throw new GatewayError(code, message, { source: part.name }, { cause: error });
    }
  };
  return {
    has: (part) => told(part, (opened) => opened.has(part)),
    load: (part) => told(part, (opened) => opened.load(part)),
    close: async () => holder?.close(),
  };
}

/** Several hosts may be named, which no parser of URLs takes. */
function placeOf(url: string): string {
  return url.replace(/^([^:]+:\/\/)[^/?#]*@/, '$1').replace(/[?#].*$/, '');
}
