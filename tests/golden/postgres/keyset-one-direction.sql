select "t1"."id", "t1"."delay"
from "public"."flight" as "t1"
where ("t1"."date", "t1"."id") > ($1::timestamp with time zone, $2::bigint)
order by "t1"."date", "t1"."id"
limit $3::bigint;
