import { setTimeout as wait } from 'node:timers/promises';
import { pino } from 'pino';
import { loadConfig, type Flags } from '../config/index.js';
import { openYard } from '../main.js';
import { serve } from '../server/index.js';
import { announceGateway } from './running-gateway.js';
import { stopSignal } from './stop.js';
import { OK, type Terminal } from './terminal.js';

/** Serves until it is told to stop; then finishes what is under way and stops its PostgreSQL. */
export async function serveCommand(flags: Flags, terminal: Terminal): Promise<number> {
  const config = loadConfig(flags);
  const stop = stopSignal();
  // Lines are written together, at the latest after a second: a write a line costs as much as a small answer.
  const lines = pino.destination({ dest: 2, sync: false, minLength: 8_192, periodicFlush: 1_000 });
  const log = pino({ level: config.log.level ?? (process.stdout.isTTY ? 'warn' : 'info') }, lines);
  const yard = await openYard(config, (message) => terminal.out(message));
  try {
    const { limits, http } = config;
    const listening = await serve({
      get plane() {
        return yard.plane;
      },
      controlContext: yard.controlContext,
      host: http.host,
      port: http.port,
      origins: http.cors.origins,
      limits: { ...limits, requestMs: limits.request },
      slowMs: config.log.slow,
      drainMs: http.drain,
      readiness: yard.readiness,
      log,
    });
    const forget = await announceGateway(config, listening.url);
    for (const { name, problems } of yard.control.sources())
      for (const { subject, message } of problems)
        terminal.out(`${subject === name ? '' : `${name}: `}${subject}: ${message}`);
    terminal.out(`Trainyard serves ${[...yard.sources.keys()].join(', ')} at ${listening.url}`);
    await stop.asked;
    terminal.out('stopping');
    await forget();
    // Whatever still runs after the drain loses its store, and with that its request ends.
    await Promise.race([listening.close(), wait(http.drain, undefined, { ref: false })]);
    return OK;
  } finally {
    await yard.close();
    lines.flushSync();
    stop.release();
  }
}
