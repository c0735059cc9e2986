import { printSchema } from 'graphql';
import { loadConfig, type Flags } from '../config/index.js';
import { openYard } from '../main.js';
import { OK, type Terminal } from './terminal.js';

export async function schemaPrint(flags: Flags, terminal: Terminal): Promise<number> {
  const yard = await openYard(loadConfig(flags), (message) => terminal.err(message), { keeps: false });
  try {
    terminal.out(printSchema(yard.plane.schema));
    return OK;
  } finally {
    await yard.close();
  }
}
