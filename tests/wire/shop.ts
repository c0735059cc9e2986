export type Row = Readonly<Record<string, string | number>>;

export interface Table {
  readonly name: string;
  readonly rows: readonly Row[];
}

export const PURCHASES = 3;
export const LINES = 2;

const customer = (id: number) => ({ id, name: `customer ${id}` });
const purchase = (id: number) => ({ id, customer: Math.floor(id / PURCHASES), placed: 20_240_000 + (id % 28) });
const line = (id: number) => ({ id, purchase: Math.floor(id / LINES), quantity: 1 + (id % 9) });

/** Customers with purchases, which have lines: the same in every store. */
export function tablesOf(customers: number): readonly Table[] {
  const rows = <T extends Row>(count: number, row: (id: number) => T): T[] =>
    Array.from({ length: count }, (_, id) => row(id));
  return [
    { name: 'customer', rows: rows(customers, customer) },
    { name: 'purchase', rows: rows(customers * PURCHASES, purchase) },
    { name: 'line', rows: rows(customers * PURCHASES * LINES, line) },
  ];
}

/** The first customers with all of theirs, as an answer has them. */
export function expected(parents: number): unknown {
  const ids = (of: number, each: number): number[] => Array.from({ length: each }, (_, i) => of * each + i);
  return Array.from({ length: parents }, (_, id) => ({
    name: customer(id).name,
    purchases: ids(id, PURCHASES).map((one) => ({
      placed: purchase(one).placed,
      lines: ids(one, LINES).map((other) => ({ quantity: line(other).quantity })),
    })),
  }));
}

/** Fields that rows of another table are found by. */
export const REFERENCES: Readonly<Record<string, string>> = { purchase: 'customer', line: 'purchase' };

/** In the words of SQL, as far as its dialects agree. */
export function sqlOf(tables: readonly Table[]): readonly string[] {
  return tables.flatMap(({ name, rows }) => {
    const columns = Object.entries(rows[0]!).map(([column, value]) =>
      column === 'id'
        ? 'id int primary key'
        : `${column} ${typeof value === 'number' ? 'int' : 'varchar(50)'} not null`,
    );
    const values = rows.map((row) => {
      const cells = Object.values(row).map((cell) => (typeof cell === 'number' ? cell : `'${cell}'`));
      return `(${cells.join(', ')})`;
    });
    const reference = REFERENCES[name];
    return [
      `create table ${name} (${columns.join(', ')})`,
      `insert into ${name} values ${values.join(', ')}`,
      ...(reference === undefined ? [] : [`create index ${name}_${reference} on ${name} (${reference})`]),
    ];
  });
}

/** The customers again, for a file of another source. */
export function csvOf(customers: number): string {
  const rows = Array.from({ length: customers }, (_, id) => Object.values(customer(id)).join(','));
  return ['id,name', ...rows, ''].join('\n');
}

/**
 * Sources are told alike: keys and relations by the config, so that no store knows more than another. `near` is a folder
 * with the customers again, which lead to purchases of the store.
 */
export function configOf(prefix: string, source: string, near: string): string {
  const entities = ['customer', 'purchase', 'line'].map((name) => `${prefix}${name}: { key: [id] }`).join(', ');
  const relation = (from: string, to: string, field: string, as: string): string =>
    `  - { from: shop.${prefix}${from}, to: shop.${prefix}${to}, on: { ${field}: id }, as: ${as}, reverse: ${from}s, many: false }`;
  return `sources:
  shop: { ${source}, entities: { ${entities} } }
  near: { engine: duckdb, path: '${near}/*.csv', entities: { customer: { key: [id] } } }
relations:
  - { from: near.customer, to: shop.${prefix}purchase, on: { id: customer }, as: purchases, many: true }
${relation('purchase', 'customer', 'customer', 'buyer')}
${relation('line', 'purchase', 'purchase', 'of')}
`;
}
