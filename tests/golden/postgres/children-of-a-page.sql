select "t1"."origin", "t1"."id", "t1"."delay"
from "public"."flight" as "t1"
where "t1"."origin" in (select "t2"."iata" as "c0"
from "public"."airport" as "t2"
order by "t2"."iata"
limit $1::bigint)
order by "t1"."id";
