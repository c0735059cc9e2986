select "t1"."id", "t1"."delay"
from "public"."flight" as "t1"
order by "t1"."delay" desc nulls last, "t1"."origin" nulls first;
