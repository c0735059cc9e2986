select "t1"."id", "t2"."name"
from "public"."flight" as "t1"
left join "public"."airport" as "t2" on "t2"."iata" = "t1"."origin"
where "t2"."state" = $1::text
order by "t2"."name", "t1"."id";
