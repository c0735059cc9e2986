/** What can be given beside the file: a flag goes before its variable, a variable before the file. */
export interface Override {
  readonly key: readonly [section: string, key: string];
  readonly flag?: { readonly name: FlagName; readonly written: string; readonly takes: string };
  readonly variable: string;
  readonly isNumber?: true;
}

export type FlagName = 'host' | 'port' | 'dataDir';

export const OVERRIDES: readonly Override[] = [
  {
    key: ['http', 'host'],
    flag: { name: 'host', written: '--host', takes: 'HOST' },
    variable: 'TRAINYARD_HOST',
  },
  {
    key: ['http', 'port'],
    flag: { name: 'port', written: '--port', takes: 'PORT' },
    variable: 'TRAINYARD_PORT',
    isNumber: true,
  },
  {
    key: ['storage', 'path'],
    flag: { name: 'dataDir', written: '--data-dir', takes: 'PATH' },
    variable: 'TRAINYARD_DATA_DIR',
  },
  { key: ['catalog', 'url'], variable: 'TRAINYARD_CATALOG_URL' },
  { key: ['log', 'level'], variable: 'TRAINYARD_LOG_LEVEL' },
];
