import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Figures of a run, for whoever asked for them by CONFORMANCE_REPORT: a folder that takes a file an engine. */
export class Report {
  private readonly figures: Record<string, unknown> = {};
  constructor(private readonly engine: string) {}

  add(figures: Readonly<Record<string, unknown>>): void {
    Object.assign(this.figures, figures);
  }

  write(): void {
    const folder = process.env['CONFORMANCE_REPORT'];
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${this.engine}.json`), JSON.stringify(this.figures));
  }
}
