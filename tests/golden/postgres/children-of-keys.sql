select "t1"."origin", "t1"."id", "t1"."delay"
from "public"."flight" as "t1"
where "t1"."origin" = any($1::text[]);
