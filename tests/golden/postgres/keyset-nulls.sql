select "t1"."id", "t1"."delay"
from "public"."flight" as "t1"
where ((("t1"."delay" > $1::bigint or ("t1"."delay" is null and $1::bigint is not null))) or ("t1"."delay" is not distinct from $1::bigint and "t1"."id" > $2::bigint))
order by "t1"."delay", "t1"."id"
limit $3::bigint;
