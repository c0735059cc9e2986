select "t1"."id", "t1"."delay"
from "public"."flight" as "t1"
where "t1"."id" = $1::bigint;
