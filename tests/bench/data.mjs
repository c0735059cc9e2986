// The tables that the bench reads: 20,000 orders of 1,000 customers for 100 products, 100,000 readings of ten columns, and
// a million events.
export const TABLES = `
create table customer (id int primary key, name text not null, city text, credit numeric(12, 2), since timestamptz not null);
create table product (id int primary key, name text not null, price numeric(10, 2) not null);
create table purchase (
  id int primary key, customer_id int not null references customer, product_id int not null references product,
  quantity int not null, placed timestamptz not null, note text);
create table reading (
  id int primary key, sensor int not null, at timestamp not null, low float8, high float8, mean float8,
  label text, ok boolean not null, total bigint, day date not null);
insert into customer select i, 'customer ' || i, case when i % 7 = 0 then null else 'city ' || i % 50 end, i * 1.25, timestamptz '2020-01-01Z' + i * interval '1 hour'
  from generate_series(1, 1000) i;
insert into product select i, 'product "' || i || '"', i * 0.99 from generate_series(1, 100) i;
insert into purchase select i, 1 + (i * 7919) % 1000, 1 + (i * 31) % 100, 1 + i % 9, timestamptz '2021-01-01Z' + i * interval '17 minutes', case when i % 3 = 0 then 'note ' || i end
  from generate_series(1, 20000) i;
insert into reading select i, i % 500, timestamp '2022-01-01' + i * interval '1 minute', i * 0.5, i * 1.5, i / 8.0, 'label ' || i % 1000, i % 2 = 0, i::bigint * 1000003, date '2022-01-01' + i % 365
  from generate_series(1, 100000) i;
create table event (id int primary key, kind int not null, at timestamp not null, value int, label text not null);
insert into event select i, (i::bigint * 7919 % 50)::int, timestamp '2020-01-01' + (i::bigint * 104729 % 1000000) * interval '1 minute',
  case when i % 20 = 0 then null else (i::bigint * 31 % 10007)::int end, 'event ' || i % 100 from generate_series(1, 1000000) i;
create index on event (at, id);
create index on purchase (customer_id, id);
create index on purchase (product_id);
create index on reading (sensor);
analyze`;

const random = (n) => 1 + Math.floor(Math.random() * n);

/** Places of the million events, by the gateway's cursors: those of (e). */
const positions = [];

/** Each work: the question to the gateway, the hand-written SQL of the floor, and random arguments for both. */
export const WORKS = {
  a: {
    title: 'a row by key',
    query: 'query ($id: Int!) { shop { purchase_by_key(id: $id) { id quantity placed note } } }',
    sql: `select json_build_object('purchase_by_key', (select json_build_object('id', id, 'quantity', quantity, 'placed', to_char(placed at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'note', note) from purchase where id = $1))::text`,
    variables: () => ({ id: random(20000) }),
    parameters: (v) => [v.id],
  },
  b: {
    title: '50 rows with two nested levels',
    query: `query ($from: Int!) { shop { customer(where: { id: { gt: $from } }, orderBy: [{ id: ASC }], first: 50) {
      id name city purchase(orderBy: [{ id: ASC }], first: 5) { id quantity product { id name price } } } } }`,
    sql: `select json_build_object('customer', coalesce((select json_agg(json_build_object('id', c.id, 'name', c.name, 'city', c.city, 'purchase', c.purchases) order by c.id) from (
      select c.id, c.name, c.city, coalesce((select json_agg(json_build_object('id', o.id, 'quantity', o.quantity, 'product', json_build_object('id', p.id, 'name', p.name, 'price', trim_scale(p.price)::text)) order by o.id)
        from (select * from purchase where customer_id = c.id order by id limit 5) o join product p on p.id = o.product_id), '[]') as purchases
      from customer c where c.id > $1 order by c.id limit 50) c), '[]'))::text`,
    variables: () => ({ from: random(900) }),
    parameters: (v) => [v.from],
  },
  c: {
    title: '1,000 rows of 10 columns',
    query:
      'query ($from: Int!) { shop { reading(where: { id: { gt: $from } }, orderBy: [{ id: ASC }], first: 1000) { id sensor at low high mean label ok total day } } }',
    sql: `select json_build_object('reading', coalesce((select json_agg(r) from (select id, sensor, to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS') as at, low, high, mean, label, ok, total::text as total, day
      from reading where id > $1 order by id limit 1000) r), '[]'))::text`,
    variables: () => ({ from: random(99000) }),
    parameters: (v) => [v.from],
  },
  d: {
    title: 'groups over a million rows',
    query: `query ($above: Int!) { shop { event_groups(by: [{ path: kind }], where: { value: { gt: $above } }) {
      keys count avg { value } max { value } } } }`,
    sql: `select json_build_object('event_groups', (select json_agg(json_build_object('keys', json_build_object('kind', kind), 'count', n, 'avg', json_build_object('value', mean), 'max', json_build_object('value', most)) order by kind) from (
      select kind, count(*) as n, sum(value)::float8 / count(value) as mean, max(value) as most from event where value > $1 group by kind) g))::text`,
    variables: () => ({ above: random(100) }),
    parameters: (v) => [v.above],
  },
  e: {
    title: 'a page of 50 deep in a million rows',
    query: `query ($after: String) { shop { event_connection(orderBy: [{ at: ASC }], first: 50, after: $after) {
      nodes { id kind at value label } pageInfo { hasNextPage endCursor } } } }`,
    sql: `with page as materialized (select * from event where (at, id) > ($1, $2) order by at, id limit 51)
      select json_build_object('event_connection', json_build_object(
        'nodes', (select json_agg(json_build_object('id', id, 'kind', kind, 'at', to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS'), 'value', value, 'label', label) order by at, id) from (select * from page limit 50) p),
        'pageInfo', (select json_build_object('hasNextPage', count(*) > 50, 'endCursor', (select id::text from page offset 49 limit 1)) from page)))::text`,
    /** Cursors and what they stand for, collected by turning three hundred pages of the gateway's. */
    async prepare(ask) {
      const query = `query ($after: String) { shop { event_connection(orderBy: [{ at: ASC }], first: 1000, after: $after) {
        edges { cursor node { at id } } pageInfo { endCursor } } } }`;
      for (let after = null, i = 0; i < 300; i += 1) {
        const { data } = await ask({ query, variables: () => ({ after }) });
        const { edges, pageInfo } = data.shop.event_connection;
        if (i >= 100)
          positions.push(
            ...edges.filter((_, n) => n % 250 === 0).map(({ cursor, node }) => ({ after: cursor, ...node })),
          );
        after = pageInfo.endCursor;
      }
    },
    variables: () => (positions.length === 0 ? { after: null } : positions[random(positions.length) - 1]),
    parameters: (v) => [v.at, v.id],
  },
  f: {
    title: '50 rows with a filter through a relation',
    query: `query ($city: String!) { shop { purchase(where: { customer: { city: { eq: $city } } }, orderBy: [{ id: ASC }], first: 50) {
      id quantity placed customer { name city } } } }`,
    sql: `select json_build_object('purchase', coalesce((select json_agg(json_build_object('id', id, 'quantity', quantity, 'placed', to_char(placed at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'customer', json_build_object('name', name, 'city', city)) order by id) from (
      select p.id, p.quantity, p.placed, c.name, c.city from purchase p join customer c on c.id = p.customer_id where c.city = $1 order by p.id limit 50) r), '[]'))::text`,
    variables: () => ({ city: `city ${random(49)}` }),
    parameters: (v) => [v.city],
  },
};
