select "t1"."id", "t1"."delay"
from "public"."flight" as "t1"
where exists (select 1
from "public"."airport" as "t2"
where "t2"."iata" = "t1"."origin" and "t2"."state" = $1::text);
