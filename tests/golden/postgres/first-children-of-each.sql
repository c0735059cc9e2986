select "t1"."c0", "t4"."c0", "t4"."c1"
from (select "t2"."iata" as "c0"
from "public"."airport" as "t2"
order by "t2"."iata"
limit $1::bigint) as "t1" ("c0")
cross join lateral (select "t3"."id" as "c0", "t3"."delay" as "c1"
from "public"."flight" as "t3"
where "t3"."origin" = "t1"."c0"
order by "t3"."id"
limit $2::bigint) as "t4";
