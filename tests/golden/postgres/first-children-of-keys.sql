select "t1"."c0", "t3"."c0", "t3"."c1"
from unnest($1::text[]) as "t1" ("c0")
cross join lateral (select "t2"."id" as "c0", "t2"."delay" as "c1"
from "public"."flight" as "t2"
where "t2"."origin" = "t1"."c0"
limit $2::bigint) as "t3";
