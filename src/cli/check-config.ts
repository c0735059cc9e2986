import { loadConfig, type Flags } from '../config/index.js';
import { OK, type Terminal } from './terminal.js';

export function checkConfig(flags: Flags, terminal: Terminal): number {
  const config = loadConfig(flags);
  const served = config.demo ? 'it names no source, so the demo is served' : Object.keys(config.sources).join(', ');
  terminal.out(`the configuration is valid: ${served}`);
  return OK;
}
