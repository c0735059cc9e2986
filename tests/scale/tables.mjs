/** SQL of `count` tables of twelve columns, with three foreign keys each to the tables before it; the first ones point at themselves. */
export function manyTables(count) {
  const name = (i) => `table_${String(i).padStart(4, '0')}`;
  const texts = [];
  for (let i = 0; i < count; i += 1) {
    const targets = targetsOf(i).map((j, k) => `ref_${k} int references ${name(j)}`);
    texts.push(
      `create table ${name(i)} (id int primary key, ${targets.join(', ')}, name text not null, amount numeric(12, 2), size double precision, made date, seen timestamptz, active boolean, tags text[], note jsonb)`,
      `insert into ${name(i)} (id, ref_0, ref_1, ref_2, name, amount) values (1, 1, 1, null, 'row of ${name(i)}', ${i}.25)`,
    );
  }
  return texts;
}

/** Three different tables that table `i` points at. */
export function targetsOf(i) {
  return i < 3
    ? [i, i, i]
    : [i - 1, Math.floor(i / 2), Math.floor(i / 3)].map((j, k) => (k > 0 && j === i - 1 ? 0 : j));
}
