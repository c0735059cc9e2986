import { setTimeout as wait } from 'node:timers/promises';
import { loadConfig, type Flags } from '../config/index.js';
import { openYard } from '../main.js';
import { askGateway, runningGateway } from './running-gateway.js';
import { stopSignal } from './stop.js';
import { errorText, OK, type Terminal } from './terminal.js';

/** As the API has it. */
interface Source {
  readonly name: string;
  readonly entities: readonly { readonly estimatedRows: number | null }[];
}

/** Who is asked: a gateway that runs, by its API, or the stores themselves. */
interface Asked {
  sources(): Promise<readonly Source[]>;
  reload(name: string): Promise<Source>;
  close(): Promise<void>;
}

/** What the sources hold, as JSON. With `every` it looks again each so many seconds, and tells the sources that changed. */
export async function introspect(
  flags: Flags,
  gateway: string | null,
  every: number | null,
  terminal: Terminal,
): Promise<number> {
  const asked = await whomToAsk(flags, gateway, terminal);
  try {
    const sources = await asked.sources();
    terminal.out(JSON.stringify(sources, null, 2));
    if (every !== null) await watch(asked, sources, every, terminal);
    return OK;
  } finally {
    await asked.close();
  }
}

async function whomToAsk(flags: Flags, gateway: string | null, terminal: Terminal): Promise<Asked> {
  const config = loadConfig(flags);
  const url = gateway ?? (await runningGateway(config));
  if (url !== null) return api(url);
  const yard = await openYard(config, (message) => terminal.err(message), { keeps: false });
  return {
    sources: () => Promise.resolve(yard.control.sources()),
    reload: (name) => yard.control.reloadSource(name),
    close: () => yard.close(),
  };
}

const FIELDS = `name kind engine capabilities problems { subject message } entities { name description key estimatedRows
  fields { name type nullable description } relations { name to many fields } }`;

function api(url: string): Asked {
  const reload = `mutation ($name: String!) { reloadSource(input: { name: $name }) { source { ${FIELDS} } } }`;
  return {
    sources: async () => (await askGateway<{ sources: Source[] }>(url, `{ sources { ${FIELDS} } }`)).sources,
    reload: async (name) =>
      (await askGateway<{ reloadSource: { source: Source } }>(url, reload, { name })).reloadSource.source,
    close: () => Promise.resolve(),
  };
}

async function watch(asked: Asked, sources: readonly Source[], every: number, terminal: Terminal): Promise<void> {
  const stop = stopSignal();
  const controller = new AbortController();
  void stop.asked.then(() => controller.abort());
  const { signal } = controller;
  const known = new Map(sources.map((source) => [source.name, structureOf(source)]));
  const failures = new Map<string, string>();
  try {
    for (;;) {
      await wait(every * 1000, undefined, { signal });
      for (const name of known.keys()) {
        const source = await asked.reload(name).catch((error: unknown) => errorText(error));
        if (typeof source === 'string') {
          // Once, however long it lasts.
          if (failures.get(name) !== source) terminal.err(`${name}: ${source}`);
          failures.set(name, source);
          continue;
        }
        failures.delete(name);
        if (known.get(name) !== structureOf(source)) terminal.out(JSON.stringify(source, null, 2));
        known.set(name, structureOf(source));
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    stop.release();
  }
}

/** All of it but the counts of rows, which change from day to day. */
function structureOf(source: Source): string {
  return JSON.stringify(source, (key, value: unknown) => (key === 'estimatedRows' ? null : value));
}
