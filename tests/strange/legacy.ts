/**
 * A database that grew for twenty years and never had a foreign key: keys called after their tables and not, columns cut
 * short, roles, keys of two columns, orphans; beside flags, counters, years and prices that look like keys and are none.
 */
export const LEGACY = `
create table tbl_customer (customer_no int primary key, name text, country_code char(2), active boolean, segment int, vip_flag int, created_year int);
insert into tbl_customer select 1000 + i, 'Customer ' || i, (array['DE','FR','IT','ES','NL','BE','AT','CH','SE','NO','DK','FI'])[1 + i % 12], i % 7 <> 0, i % 4, i % 2, 2000 + i % 20 from generate_series(1, 400) i;
create table tbl_customer_detail (customer_no int primary key, birthday date, loyalty_points int);
insert into tbl_customer_detail select 1000 + i, date '1960-01-01' + i * 30, i * 7 from generate_series(1, 300) i;
create table country (code char(2) primary key, label text, continent int);
insert into country select code, 'Country ' || code, 1 from unnest(array['DE','FR','IT','ES','NL','BE','AT','CH','SE','NO','DK','FI','PT','GR','PL']) code;
create table "Products" ("ProductID" int primary key, "ProductName" text, "CategoryID" int, "SupplierID" int, "Price" numeric(8, 2), "InStock" int);
insert into "Products" select i, 'Product ' || i, 1 + i % 9, 500 + i % 25, i * 1.25, i % 50 from generate_series(1, 250) i;
create table "Categories" ("CategoryID" int primary key, "CategoryName" text, parent_category int);
insert into "Categories" select i, 'Category ' || i, case when i > 3 then i % 3 + 1 end from generate_series(1, 10) i;
create table suppliers (id int primary key, company text, city text, rating int);
insert into suppliers select 499 + i, 'Supplier ' || i, 'City ' || i % 9, i % 5 from generate_series(1, 30) i;
create table orders (order_no bigint primary key, cust_no int, ship_to_customer_no int, employee_id int, status char(1), order_year int, channel int, warehouse varchar(8));
insert into orders select 700000 + i, 1001 + i % 399, case when i % 3 = 0 then 1001 + (i * 7) % 399 end, 1 + i % 40, (array['O','P','S'])[1 + i % 3], 2015 + i % 8, i % 3, 'WH-' || lpad((1 + i % 14)::text, 3, '0') from generate_series(1, 3000) i;
create table order_lines (order_no bigint, line_no int, product int, qty int, discount int, primary key (order_no, line_no));
insert into order_lines select 700000 + i, l, 1 + (i * l) % 250, 1 + i % 9, i % 2 from generate_series(1, 3000) i, generate_series(1, 2) l;
create table returned_lines (return_id int primary key, order_no bigint, line_no int, reason_id int, quantity int);
insert into returned_lines select i, 700000 + i * 3, 1 + i % 2, 1 + i % 6, 1 from generate_series(1, 500) i;
create table reasons (id int primary key, reason text);
insert into reasons select i, 'Reason ' || i from generate_series(1, 8) i;
create table employees (id int primary key, full_name text, boss_id int, department_id int, badge uuid unique, floor int);
insert into employees select i, 'Employee ' || i, case when i > 1 then 1 + i / 3 end, 10 * (1 + i % 5), md5(i::text)::uuid, i % 6 from generate_series(1, 45) i;
create table departments (id int primary key, department text, cost_centre int);
insert into departments select 10 * i, 'Department ' || i, 4000 + i from generate_series(1, 6) i;
create table door_events (id bigint primary key, badge uuid, door int, opened_at timestamp, ok boolean);
insert into door_events select i, md5((1 + i % 45)::text)::uuid, i % 12, timestamp '2020-01-01' + i * interval '1 hour', i % 9 <> 0 from generate_series(1, 2000) i;
create table depots (depot_code varchar(8) primary key, town text, capacity int);
insert into depots select 'WH-' || lpad(i::text, 3, '0'), 'Town ' || i, i * 100 from generate_series(1, 20) i;
create table stock (depot_code varchar(8), product_id int, pieces int, counted_on date, primary key (depot_code, product_id));
insert into stock select 'WH-' || lpad(d::text, 3, '0'), p, d * p % 40, '2024-01-01' from generate_series(1, 20) d, generate_series(1, 250, 5) p;
create table invoices (invoice_id int primary key, order_no bigint unique, paid int, total numeric(10, 2), currency char(3));
insert into invoices select i, 700000 + i, i % 2, i * 3.5, (array['EUR','CHF','SEK'])[1 + i % 3] from generate_series(1, 2500) i;
create table payments (id int primary key, invoiceid int, amount numeric(10, 2), method int);
insert into payments select i, 1 + (i * 3) % 2600, i, i % 4 from generate_series(1, 2000) i;
create table notes (id int primary key, kind text, ref int, body text, priority int);
insert into notes select i, (array['order','customer'])[1 + i % 2], i * 17, 'Note ' || i, i % 3 from generate_series(1, 300) i;
create table audit_log (id int primary key, table_name text, row_id int, user_id int, at timestamp);
insert into audit_log select i, 'orders', i, i % 30, now() from generate_series(1, 300) i;
create table settings (id int primary key, value int, enabled boolean);
insert into settings select i, i, true from generate_series(1, 50) i;
create table calendar (year int, month int, days int, primary key (year, month));
insert into calendar select y, m, 30 from generate_series(2000, 2030) y, generate_series(1, 12) m;
create table empty_links (id int primary key, customer_no int, supplier_id int);
create view busy_customers as select cust_no, count(*) as orders from orders group by cust_no;
analyze;
`;

/** What a person who knows it would declare, as \`from.column → to.key\`. */
export const LEGACY_RELATIONS: readonly string[] = [
  'tbl_customer.country_code → country.code',
  'tbl_customer_detail.customer_no → tbl_customer.customer_no',
  'Products.CategoryID → Categories.CategoryID',
  'Products.SupplierID → suppliers.id',
  'Categories.parent_category → Categories.CategoryID',
  'orders.cust_no → tbl_customer.customer_no',
  'orders.ship_to_customer_no → tbl_customer.customer_no',
  'orders.employee_id → employees.id',
  'orders.warehouse → depots.depot_code',
  'order_lines.order_no → orders.order_no',
  'order_lines.product → Products.ProductID',
  'returned_lines.order_no + line_no → order_lines.order_no + line_no',
  'returned_lines.order_no → orders.order_no',
  'returned_lines.reason_id → reasons.id',
  'employees.boss_id → employees.id',
  'employees.department_id → departments.id',
  'door_events.badge → employees.badge',
  'stock.depot_code → depots.depot_code',
  'stock.product_id → Products.ProductID',
  'invoices.order_no → orders.order_no',
  'payments.invoiceid → invoices.invoice_id',
  'busy_customers.cust_no → tbl_customer.customer_no',
];
