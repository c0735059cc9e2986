import { changedTypes, type RowDescription } from './describe.js';
import type { Statement, TextResult, TextRow } from './types.js';

/** The part of pg's connection that a query of our own speaks through. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void; readonly bytesRead: number };
  parse(message: { readonly name: string; readonly text: string; readonly types: readonly number[] }): void;
  bind(message: { readonly statement: string; readonly values: readonly (string | null)[] }): void;
  describe(message: { readonly type: 'P' }): void;
  execute(message: object): void;
  sync(): void;
  on(event: 'parseComplete', listener: () => void): unknown;
  removeListener(event: 'parseComplete', listener: () => void): unknown;
}

/**
 * Several statements before one Sync, as `pg` takes a query from outside (its `submit` and `handle…`): they are one
 * transaction of the server, one write and one answer. A statement is described only where it is parsed: one that is
 * prepared fails by itself when the types of its columns are no longer what they were. Values stay the text that came.
 */
export class PageQuery {
  private readonly answer = Promise.withResolvers<readonly TextResult[]>();
  private readonly results: TextRow[][] = [];
  private readonly parsing: string[] = [];
  private at = 0;
  private changed: Error | null = null;
  private before = 0;
  private wire: Wire | null = null;
  /** While some are being parsed: functions that each query had of its own would cost more than the query. */
  private onParse: (() => void) | null = null;

  /** `prepared` holds the names that this connection knows; it grows as statements are parsed. */
  constructor(
    private readonly statements: readonly Statement[],
    private readonly prepared: Set<string>,
  ) {
    for (let i = 0; i < statements.length; i += 1) this.results.push([]);
  }

  get done(): Promise<readonly TextResult[]> {
    return this.answer.promise;
  }

  /** pg asks for it; ours has a promise instead. */
  callback(): void {
    // Nothing is to be told.
  }

  submit(wire: Wire): void {
    this.wire = wire;
    this.before = wire.stream.bytesRead;
    const unnamed = this.statements.filter(({ name }) => name === undefined || !this.prepared.has(name));
    if (unnamed.length > 0) {
      this.onParse = () => this.parsed();
      wire.on('parseComplete', this.onParse);
    }
    wire.stream.cork();
    for (const { text, values, name = '', columns } of this.statements) {
      const parses = name === '' || !(this.prepared.has(name) || this.parsing.includes(name));
      if (parses) {
        this.parsing.push(name);
        wire.parse({ name, text, types: [] });
      }
      wire.bind({ statement: name, values });
      if (parses && columns !== undefined) wire.describe({ type: 'P' });
      wire.execute({});
    }
    wire.sync();
    wire.stream.uncork();
  }

  /** The server parses in the order of asking, so the next one that it has parsed is the next that was sent. */
  private parsed(): void {
    const name = this.parsing.shift();
    if (name) this.prepared.add(name);
  }

  handleDataRow(message: { readonly fields: TextRow }): void {
    this.results[this.at]!.push(message.fields);
  }

  handleCommandComplete(): void {
    this.at += 1;
  }

  handleEmptyQuery(): void {
    this.at += 1;
  }

  handleRowDescription(message: RowDescription): void {
    this.changed ??= changedTypes(this.statements[this.at]!, message);
  }

  handlePortalSuspended(): void {
    throw new Error('a portal without a limit was suspended');
  }

  handleError(error: Error): void {
    this.leave();
    this.answer.reject(error);
  }

  handleReadyForQuery(): void {
    this.leave();
    if (this.changed) {
      this.answer.reject(this.changed);
      return;
    }
    const bytes = this.wire!.stream.bytesRead - this.before;
    this.answer.resolve(this.results.map((rows, i) => ({ rows, bytes: i === 0 ? bytes : 0 })));
  }

  private leave(): void {
    if (this.onParse) this.wire?.removeListener('parseComplete', this.onParse);
  }
}
