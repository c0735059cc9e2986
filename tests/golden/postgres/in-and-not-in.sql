select "t1"."id", "t1"."delay"
from "public"."flight" as "t1"
where ("t1"."delay" = any($1::integer[]) or ("t1"."class" <> all($2::class[]) and "t1"."class" is not null));
