import type { DuckDBConnection } from '@duckdb/node-api';
import type { NativeEntity } from './native.js';
import { viewText } from './view.js';

/** The views of an instance: each made once, and again when its entity is another than it was. */
export class Views {
  private readonly made = new Map<string, { readonly text: string; readonly done: Promise<unknown> }>();

  async make(connection: DuckDBConnection, entities: readonly NativeEntity[]): Promise<void> {
    for (const entity of entities) {
      const text = viewText(entity);
      const known = this.made.get(entity.view);
      if (known?.text === text) await known.done;
      else await this.begin(connection, entity.view, text, known?.done);
    }
  }

  /** One after the other: two statements that make the same view at once are in conflict. */
  private async begin(
    connection: DuckDBConnection,
    view: string,
    text: string,
    before: Promise<unknown> | undefined,
  ): Promise<void> {
    const done = (before ?? Promise.resolve()).catch(() => null).then(() => connection.run(text));
    this.made.set(view, { text, done });
    try {
      await done;
    } catch (error) {
      if (this.made.get(view)?.done === done) this.made.delete(view);
      throw error;
    }
  }
}
