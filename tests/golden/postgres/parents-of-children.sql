select "t1"."iata", "t1"."iata", "t1"."name"
from "public"."airport" as "t1"
where "t1"."iata" in (select "t2"."origin" as "c0"
from "public"."flight" as "t2"
where "t2"."origin" in (select "t3"."iata" as "c0"
from "public"."airport" as "t3"
order by "t3"."iata"
limit $1::bigint));
