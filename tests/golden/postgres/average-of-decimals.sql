select (select case when a.s is null or a.s in ('NaN', 'Infinity', '-Infinity') then a.s else sign(a.s) * (d.q + case when 2 * d.r > a.n or (2 * d.r = a.n and mod(d.q, 2) = 1) then 1 else 0 end) * ('1e-' || b.k)::numeric end
from (values (sum("t1"."fare"), count("t1"."fare"))) as a(s, n)
cross join lateral (select $1::integer as k) as b
cross join lateral (select case when a.s in ('NaN', 'Infinity', '-Infinity') then 0 else abs(a.s) * ('1e' || b.k)::numeric end as v) as c
cross join lateral (select div(c.v, nullif(a.n, 0)) as q, mod(c.v, nullif(a.n, 0)) as r) as d)
from "public"."flight" as "t1";
