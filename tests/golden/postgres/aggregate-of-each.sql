select "t1"."c0", "t4"."c0", "t4"."c1"
from (select "t2"."iata" as "c0"
from "public"."airport" as "t2"
order by "t2"."iata"
limit $1::bigint) as "t1"
cross join lateral (select count(*) as "c0", max("t3"."delay") as "c1"
from "public"."flight" as "t3"
where "t3"."origin" = "t1"."c0") as "t4";
