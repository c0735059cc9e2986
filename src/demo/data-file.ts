import { parse } from 'csv-parse';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where a file of vega-datasets is. */
export function dataFile(name: string): string {
  // The package exports its build only; its data lie beside it.
  return join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data', name);
}

export function csvRows(name: string): AsyncIterable<Readonly<Record<string, string>>> {
  return createReadStream(dataFile(name)).pipe(parse({ columns: true }));
}

export async function jsonRows<Row>(name: string): Promise<readonly Row[]> {
  return JSON.parse(await readFile(dataFile(name), 'utf8')) as readonly Row[];
}
