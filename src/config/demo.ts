import type { Config } from './load.js';
import { configFile } from './schema.js';

/** The sources of the demo that are loaded into stores, and the engines that can hold each. */
export const DEMO_PARTS = {
  aviation: ['postgres'],
  wildlife: ['postgres', 'mongodb'],
  routes: ['postgres', 'neo4j'],
  films: ['postgres', 'elasticsearch'],
} as const satisfies Readonly<Record<string, readonly DemoEngine[]>>;

export type DemoPart = keyof typeof DEMO_PARTS;
export type DemoEngine = 'postgres' | 'mongodb' | 'neo4j' | 'elasticsearch';
/** Where each part is. */
export type DemoUrls = Readonly<Record<DemoPart, string>>;

/** Whether none of the parts is left for the embedded PostgreSQL. */
export function allPlaced(urls: Partial<DemoUrls>): urls is DemoUrls {
  return Object.keys(DEMO_PARTS).every((part) => Object.hasOwn(urls, part));
}

/** All parts in one database. */
export function allIn(url: string): DemoUrls {
  return { aviation: url, wildlife: url, routes: url, films: url };
}

/** Where the demo's data are. */
export interface DemoPlaces {
  readonly urls: DemoUrls;
  /** The file of three million flights, read in place. */
  readonly flights: string;
}

export const DEMO_PROTOCOLS: Readonly<Record<DemoEngine, readonly string[]>> = {
  postgres: ['postgres', 'postgresql'],
  mongodb: ['mongodb', 'mongodb+srv'],
  neo4j: ['neo4j', 'neo4j+s', 'neo4j+ssc', 'bolt', 'bolt+s', 'bolt+ssc'],
  elasticsearch: ['http', 'https'],
};

/** Which engine a URL is one of, by its protocol. */
export function engineOfUrl(url: string): DemoEngine {
  const [protocol] = url.split(':');
  const [engine] = Object.entries(DEMO_PROTOCOLS).find(([, protocols]) => protocols.includes(protocol!))!;
  return engine as DemoEngine;
}

/** Each in a schema of its name, but the tables. */
const SCHEMAS = ['public', 'wildlife', 'routes', 'films'];

const schema = (name: string): object => ({
  ...{ engine: 'postgres', schemas: [name] },
  exclude: SCHEMAS.filter((each) => each !== name).map((each) => `${each}.*`),
});

const SOURCES: { readonly [P in DemoPart]: { readonly [E in (typeof DEMO_PARTS)[P][number]]: object } } = {
  aviation: { postgres: schema('public') },
  wildlife: {
    postgres: { ...schema('wildlife'), kind: 'DOCUMENT', entities: { strike: { document: 'document' } } },
    mongodb: { engine: 'mongodb', include: ['strike'] },
  },
  routes: {
    postgres: { ...schema('routes'), kind: 'GRAPH' },
    neo4j: {
      ...{ engine: 'neo4j', include: ['Airport', 'ROUTE'] },
      entities: { Airport: { rename: 'airport' }, ROUTE: { rename: 'route' } },
    },
  },
  films: {
    postgres: {
      ...{ ...schema('films'), kind: 'SEARCH', language: 'english' },
      entities: { film: { search: { fields: { title: 'A', about: 'B' } } } },
    },
    elasticsearch: { engine: 'elasticsearch', indices: ['film'] },
  },
};

/** The sources that read the parts from where they are, as a file would have them. */
export function demoSources(urls: Partial<DemoUrls>): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Object.entries(urls).map(([part, url]) => {
      const forms = SOURCES[part as DemoPart] as Readonly<Record<string, object>>;
      return [part, { ...forms[engineOfUrl(url)], url }];
    }),
  );
}

/** The same configuration with the demo's sources and relations, as a file would have them. */
export function withDemo(config: Config, { urls, flights }: DemoPlaces): Config {
  const { sources, relations } = configFile.parse({
    sources: {
      ...demoSources(urls),
      lake: { engine: 'duckdb', path: flights, entities: { 'flights-3m': { rename: 'flight' } } },
    },
    relations: [
      {
        from: 'aviation.airport',
        to: 'wildlife.strike',
        on: { iata: 'airport_code' },
        as: 'strike',
        reverse: 'airport',
      },
      { from: 'aviation.airport', to: 'routes.airport', on: { iata: 'iata' }, as: 'node', reverse: 'airport' },
    ],
  });
  return { ...config, sources: { ...config.sources, ...sources }, relations };
}
