import { FLOAT64, INT32, INT64, TEXT, type DataType, type StructField } from '../ir/types.js';

const TYPES: Readonly<Record<string, DataType>> = {
  text: TEXT,
  bool: { kind: 'bool' },
  int: INT32,
  bigint: INT64,
  float: FLOAT64,
  decimal: { kind: 'decimal', precision: null, scale: null },
  json: { kind: 'json' },
};

/** What the config says of json: types by dotted path. The path of one that is both a value and an object is the answer. */
export function jsonType(paths: Readonly<Record<string, string>>): DataType | { readonly twice: string } {
  const members: StructField[] = [];
  const byName = Map.groupBy(Object.entries(paths), ([path]) => path.split('.')[0]!);
  for (const [name, some] of byName) {
    const plain = some.find(([path]) => path === name);
    const inside = some.filter(([path]) => path !== name);
    if (plain && inside.length > 0) return { twice: name };
    const type = plain
      ? TYPES[plain[1]]!
      : jsonType(Object.fromEntries(inside.map(([path, word]) => [path.slice(name.length + 1), word])));
    if ('twice' in type) return { twice: `${name}.${type.twice}` };
    members.push({ name, type, nullable: true });
  }
  return { kind: 'json', members };
}
