import type { Config } from './load.js';
import { configFile } from './schema.js';

/** Where the demo's data are. */
export interface DemoPlaces {
  /** The database that the parts of the demo were loaded into, each in a schema. */
  readonly url: string;
  /** The file of three million flights, read in place. */
  readonly flights: string;
}

const SCHEMAS = ['public', 'wildlife', 'routes', 'films'];

/** The same configuration with the demo's sources and relations, as a file would have them. */
export function withDemo(config: Config, { url, flights }: DemoPlaces): Config {
  const schema = (name: string): object => ({
    ...{ engine: 'postgres', url, schemas: [name] },
    exclude: SCHEMAS.filter((each) => each !== name).map((each) => `${each}.*`),
  });
  const { sources, relations } = configFile.parse({
    sources: {
      aviation: schema('public'),
      wildlife: { ...schema('wildlife'), kind: 'DOCUMENT', entities: { strike: { document: 'document' } } },
      routes: { ...schema('routes'), kind: 'GRAPH' },
      films: {
        ...{ ...schema('films'), kind: 'SEARCH', language: 'english' },
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
