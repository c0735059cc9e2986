import type { DuckDBConnection } from '@duckdb/node-api';
import { join } from 'node:path';
import type { EntityShape, FieldShape, Problem, SourceShape } from '../../src/store/shape.js';
import type { Database } from './database.js';
import { messageOf } from './errors.js';
import { fileSets, setOfFile, type EntityDeclaration, type EntityDeclarations, type FileSet } from './files.js';
import type { NativeEntity, NativeField } from './native.js';
import { columnsOf, readerOf, type FoundColumn } from './reader.js';

/** Where the files are, and what is said of them. */
export interface Folder {
  readonly root: string;
  readonly glob: string | null;
  readonly entities: EntityDeclarations;
}

/** A file that cannot be read is a problem of its own: the others are there. */
export async function introspect(database: Database, folder: Folder, signal: AbortSignal): Promise<SourceShape> {
  const { sets, problems } = await fileSets(folder.root, folder.glob, folder.entities);
  const found: {
    readonly set: FileSet;
    readonly shape: Omit<EntityShape, 'native'> & { readonly native: NativeEntity };
  }[] = [];
  const all: Problem[] = [...problems];
  const queue = [...sets];
  for (let set = queue.shift(); set; set = queue.shift()) {
    const one = set;
    const declared = folder.entities[one.name] ?? {};
    const paths = one.files.map((file) => file.slice(folder.root.length + 1));
    try {
      const shape = await database.run(signal, async (connection) => {
        if (!one.fixed && !(await areAlike(connection, one))) return null;
        return entityOf(connection, one, declared, all);
      });
      // Files of one folder that are not alike are entities of their own.
      if (shape) found.push({ set: one, shape });
      else queue.push(...paths.map((path) => setOfFile(folder.root, path, folder.entities)));
    } catch (error) {
      signal.throwIfAborted();
      if (one.fixed || one.files.length === 1) all.push({ subject: one.id, message: problemOf(error, folder.root) });
      else queue.push(...paths.map((path) => setOfFile(folder.root, path, folder.entities)));
    }
  }
  const shapes = found.map(({ shape }) => shape).sort((a, b) => (a.id < b.id ? -1 : 1));
  return { entities: withViews(shapes), problems: all };
}

/** DuckDB's first line tells what is wrong with a file, which is called by its path below the folder. */
function problemOf(error: unknown, root: string): string {
  const { cause } = error as { readonly cause?: unknown };
  const told = messageOf(cause) || messageOf(error);
  return `it cannot be read: ${told.split('\n')[0]!.replaceAll(join(root, '/'), '').slice(0, 300)}`;
}

/** Files are looked at one by one; of very many, the first and the last. */
const LOOKED_AT = 64;

async function areAlike(connection: DuckDBConnection, set: FileSet): Promise<boolean> {
  const { files } = set;
  const some = files.length <= LOOKED_AT ? files : [...files.slice(0, LOOKED_AT / 2), ...files.slice(-LOOKED_AT / 2)];
  let first: string | null = null;
  for (const file of some) {
    const columns = await columnsOf(connection, { ...set, files: [file] }, {});
    const shape = JSON.stringify(
      columns.map(({ name, sniffed }) => (set.format === 'PARQUET' ? [name, sniffed] : name)),
    );
    if (first !== null && shape !== first) return false;
    first = shape;
  }
  return true;
}

async function entityOf(
  connection: DuckDBConnection,
  set: FileSet,
  declared: EntityDeclaration,
  problems: Problem[],
): Promise<Omit<EntityShape, 'native'> & { readonly native: NativeEntity }> {
  const columns = await columnsOf(connection, set, declared);
  const known = new Set(columns.map(({ name }) => name));
  for (const name of Object.keys(declared.fields ?? {})) {
    if (!known.has(name))
      problems.push({
        subject: `${set.id}.${name}`,
        message: 'the config speaks of a field that its files do not have',
      });
  }
  const { native, rows } = await readerOf(connection, set, declared, columns);
  return {
    name: set.name,
    id: set.id,
    kind: 'FILES',
    description: `${set.format} files: ${set.id}`,
    fields: columns.map(fieldOf),
    key: null,
    unique: [],
    references: [],
    estimatedRows: rows,
    native,
  };
}

function fieldOf({ name, sniffed, given, type, native }: FoundColumn): FieldShape {
  const description = given === null ? `${sniffed} in its files.` : `${given} by the config, ${sniffed} in its files.`;
  const own: NativeField = {
    column: name,
    type: native,
    nullable: true,
    loose: false,
    binary: true,
    opaque: type.kind === 'opaque',
  };
  return { name, type, nullable: true, description, native: own };
}

/** Views of names of their own: two files can have one name. */
function withViews(
  shapes: readonly (Omit<EntityShape, 'native'> & { readonly native: NativeEntity })[],
): EntityShape[] {
  const seen = new Set<string>();
  return shapes.map((shape) => {
    // Names of views are equal without regard to case.
    const view = seen.has(shape.name.toLowerCase()) ? shape.id : shape.name;
    seen.add(view.toLowerCase());
    return { ...shape, native: { ...shape.native, view } };
  });
}
