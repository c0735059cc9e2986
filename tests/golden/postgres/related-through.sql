select "t1"."id", "t1"."delay"
from "public"."flight" as "t1"
where not exists (select 1
from "public"."duty" as "t3"
cross join "public"."crew" as "t2"
where "t3"."flight_id" = "t1"."id" and "t3"."crew_id" > $1::bigint and "t2"."id" = "t3"."crew_id" and "t2"."name" = $2::text);
