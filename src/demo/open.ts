import { engineOfUrl, type DemoEngine } from '../config/index.js';
import { GatewayError } from '../errors.js';
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

/** Errors name the part and where it was to go; URLs are told without user and password. */
export function openHolder(url: string): Holder {
  const holder = OPEN[engineOfUrl(url)](url);
  const told = async <T>(part: Part, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof GatewayError) throw error;
      const [line] = (error as Error).message.split('\n');
      throw new GatewayError(
        'STORE_UNAVAILABLE',
        `the demo's ${part.name} could not be loaded into ${withoutUser(url)}: ${line}`,
        { source: part.name },
        { cause: error },
      );
    }
  };
  return {
    has: (part) => told(part, holder.has(part)),
    load: (part) => told(part, holder.load(part)),
    close: () => holder.close(),
  };
}

/** Several hosts may be named, which no parser of URLs takes. */
export function withoutUser(url: string): string {
  return url.replace(/^([^:]+:\/\/)[^/?#]*@/, '$1');
}
