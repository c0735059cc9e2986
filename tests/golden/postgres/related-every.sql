select "t1"."iata"
from "public"."airport" as "t1"
where not exists (select 1
from "public"."flight" as "t2"
where "t2"."origin" = "t1"."iata" and ("t2"."delay" < $1::bigint) is not true);
