export { allIn, allPlaced, engineOfUrl, withDemo } from './demo.js';
export type { DemoEngine, DemoPart, DemoPlaces, DemoUrls } from './demo.js';
export { loadConfig } from './load.js';
export type { Config, Flags } from './load.js';
export type { HttpConfig, Limits, RelationConfig, SourceConfig } from './schema.js';
export { RESERVED_ROOT_FIELDS } from './reserved.js';
export { configJsonSchema, configReference, overrideReference } from './reference.js';
export type { Environment } from './secrets.js';
