select "t2"."name"
from "public"."flight" as "t1"
left join "public"."airport" as "t2" on "t2"."iata" = "t1"."origin" and "t2"."state" <> $1::text;
