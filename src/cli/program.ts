import { Command, CommanderError } from 'commander';
import type { Flags } from '../config/index.js';
import { checkConfig } from './check-config.js';
import { badInput } from '../errors.js';
import { errorText, FAILED, OK, USAGE, type Terminal } from './terminal.js';
import { VERSION } from '../main/version.js';

/** Runs one command line; a command loads what it needs when it is called. The result is the exit code. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  let code = OK;
  const program = new Command('trainyard')
    .description('One typed GraphQL schema over the stores that hold your data.')
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    });
  const command = (name: string, what: string, parent: Command = program): Command =>
    parent.command(name).description(what);

  placed(command('serve', 'serve the configured sources; the demo when none is configured')).action(
    async (flags: Flags) => {
      code = await (await import('./serve.js')).serveCommand(flags, terminal);
    },
  );
  placed(command('demo', 'serve the demo, whatever DATABASE_URL says'))
    .option('--stores <file>', 'a YAML file that names the servers of its parts; what they do not have is loaded')
    .action(async (flags: Flags) => {
      code = await (await import('./serve.js')).serveCommand({ ...flags, demo: true }, terminal);
    });
  configured(command('check-config', 'say everything that is wrong with the configuration')).action((flags: Flags) => {
    code = checkConfig(flags, terminal);
  });
  configured(command('introspect', 'show what the sources hold, as JSON: as a running gateway has it, if there is one'))
    .option('--gateway <url>', "the running gateway's address; without it, that of the data folder")
    .option('--watch', 'go on, tell what changes, and let the running gateway follow')
    .option('--every <seconds>', 'how often to look with --watch', '5')
    .option('--suggest-relations', 'propose relations that no foreign key tells of, as YAML for the config')
    .option('--sample <rows>', 'how many rows of a field --suggest-relations looks at', '1000')
    .option('--within <seconds>', 'how long --suggest-relations may take', '60')
    .action(async (flags: IntrospectFlags) => {
      if (flags.suggestRelations === true) {
        const bounds = { sample: whole('--sample', flags.sample), within: seconds('--within', flags.within) };
        code = await (await import('./suggest-relations.js')).suggest(flags, bounds, terminal);
        return;
      }
      const every = flags.watch === true ? seconds('--every', flags.every) : null;
      code = await (await import('./introspect.js')).introspect(flags, flags.gateway ?? null, every, terminal);
    });
  configured(command('migrate', "bring the catalog, the gateway's own records, up to date")).action(
    async (flags: Flags) => {
      code = await (await import('./migrate.js')).migrate(flags, terminal);
    },
  );
  const schema = command('schema', 'print schemas, and compare them');
  configured(command('print', 'the schema of the configured sources, as SDL', schema)).action(async (flags: Flags) => {
    code = await (await import('./schema-print.js')).schemaPrint(flags, terminal);
  });
  command('diff', 'what changes from one SDL file to another; exit code 1 when clients can break', schema)
    .argument('<old>', 'SDL file')
    .argument('<new>', 'SDL file')
    .action(async (before: string, after: string) => {
      code = await (await import('./schema-diff.js')).schemaDiff(before, after, terminal);
    });

  try {
    await program.parseAsync(withDefault(args), { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? OK : USAGE;
    terminal.err(errorText(error));
    return FAILED;
  }
}

/** `serve` goes without saying, with or without flags. */
function withDefault(args: readonly string[]): string[] {
  const own = ['--help', '-h', '--version', '-V'];
  const first = args[0];
  return first === undefined || (first.startsWith('-') && !own.includes(first)) ? ['serve', ...args] : [...args];
}

function configured(command: Command): Command {
  return command
    .option('--config <file>', 'the YAML file (TRAINYARD_CONFIG)')
    .option('--data-dir <path>', 'the data folder (TRAINYARD_DATA_DIR)');
}

function placed(command: Command): Command {
  return configured(command)
    .option('--host <host>', 'address to listen on (TRAINYARD_HOST)')
    .option('--port <port>', 'port to listen on, 0 for a free one (TRAINYARD_PORT)');
}

interface IntrospectFlags extends Flags {
  readonly gateway?: string;
  readonly watch?: boolean;
  readonly every: string;
  readonly suggestRelations?: boolean;
  readonly sample: string;
  readonly within: string;
}

function seconds(flag: string, written: string): number {
  return whole(flag, written, 'a whole number of seconds from 1 to 999999');
}

function whole(flag: string, written: string, expected = 'a whole number from 1 to 999999'): number {
  if (/^[1-9]\d{0,5}$/.test(written)) return Number(written);
  throw badInput(flag, expected, written);
}
