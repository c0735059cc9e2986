select "t1"."id", "t1"."delay"
from "public"."flight" as "t1"
where "t1"."date" >= $1::timestamp with time zone and (("t1"."date" > $1::timestamp with time zone) or ("t1"."date" = $1::timestamp with time zone and "t1"."id" < $2::bigint))
order by "t1"."date" desc, "t1"."id"
limit $3::bigint;
