select "t1"."iata", (select count(*)
from "public"."flight" as "t2"
where "t2"."origin" = "t1"."iata"), (select (sum("t3"."delay"))::float8 / count("t3"."delay")
from "public"."flight" as "t3"
where "t3"."origin" = "t1"."iata")
from "public"."airport" as "t1"
order by (select count(*)
from "public"."flight" as "t4"
where "t4"."origin" = "t1"."iata") desc;
