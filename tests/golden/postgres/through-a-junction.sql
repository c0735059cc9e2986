select "t2"."flight_id", "t1"."name"
from "public"."duty" as "t2"
cross join "public"."crew" as "t1"
where "t2"."flight_id" in (select "t3"."id" as "c0"
from "public"."flight" as "t3"
limit $1::bigint) and "t1"."id" = "t2"."crew_id";
