select "t1"."id", "t1"."delay"
from "public"."flight" as "t1"
order by "t1"."date" desc, "t1"."id"
limit $1::bigint
offset $2::bigint;
