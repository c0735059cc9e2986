import type { Config } from './load.js';
import { configFile } from './schema.js';

/** Where the demo's data are. */
export interface DemoPlaces {
  /** The database that the parts of the demo were loaded into, each in a schema. */
  readonly url: string;
  /** The file of three million flights, read in place. */
  readonly flights: string;
}

/** The same configuration with the demo's sources and relations, as a file would have them. */
export function withDemo(config: Config, { url, flights }: DemoPlaces): Config {
  const { sources, relations } = configFile.parse({
    sources: {
      aviation: { engine: 'postgres', url },
      wildlife: {
        ...{ engine: 'postgres', kind: 'DOCUMENT', url, schemas: ['wildlife'] },
        entities: { strike: { document: 'document' } },
      },
      routes: { engine: 'postgres', kind: 'GRAPH', url, schemas: ['routes'] },
      films: {
        ...{ engine: 'postgres', kind: 'SEARCH', url, schemas: ['films'], language: 'english' },
        entities: { film: { search: { fields: { title: 'A', about: 'B' } } } },
      },
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
