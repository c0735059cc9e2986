import { parse } from 'csv-parse/sync';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where a file of vega-datasets is. */
export function dataFile(name: string): string {
  // The package exports its build only; its data lie beside it.
  return join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data', name);
}

/** All rows at once: the files are small. */
export async function csvRows(name: string): Promise<readonly Readonly<Record<string, string>>[]> {
  return parse(await readFile(dataFile(name), 'utf8'), { columns: true });
}

export async function jsonRows<Row>(name: string): Promise<readonly Row[]> {
  return JSON.parse(await readFile(dataFile(name), 'utf8')) as readonly Row[];
}
