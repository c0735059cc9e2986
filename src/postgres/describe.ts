import type { Client } from './client.js';
import type { Statement } from './types.js';

interface Wire {
  parse(message: { readonly name: string; readonly text: string; readonly types: readonly number[] }): void;
  describe(message: { readonly type: 'S'; readonly name: string }): void;
  sync(): void;
}

export interface RowDescription {
  readonly fields: readonly { readonly dataTypeID: number }[];
}

/** What the server says of a prepared statement whose result has other types now; ours for one that is not prepared yet. */
const CHANGED = '0A000';

/** An error when the server would send other types than whoever wrote the statement reckons with. */
export function changedTypes(statement: Statement, { fields }: RowDescription): Error | null {
  const { columns } = statement;
  if (columns === undefined || columns.every((fits, i) => fits(fields[i]?.dataTypeID ?? 0))) return null;
  return Object.assign(new Error('a column has another type than was expected'), { code: CHANGED });
}

/** Asks the server for the types of a statement's columns, without running it. */
export function describe(client: Client, statement: Statement): Promise<void> {
  const query = new DescribeQuery(statement);
  client.query(query as never);
  return query.done;
}

class DescribeQuery {
  /** pg asks for it; ours has a promise instead. */
  readonly callback = (): void => undefined;
  readonly done: Promise<void>;
  private changed: Error | null = null;
  private resolve!: () => void;
  private reject!: (error: Error) => void;

  constructor(private readonly statement: Statement) {
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  submit(wire: Wire): void {
    wire.parse({ name: '', text: this.statement.text, types: [] });
    wire.describe({ type: 'S', name: '' });
    wire.sync();
  }

  handleRowDescription(message: RowDescription): void {
    this.changed = changedTypes(this.statement, message);
  }

  handleError(error: Error): void {
    this.reject(error);
  }

  handleReadyForQuery(): void {
    if (this.changed) this.reject(this.changed);
    else this.resolve();
  }
}
