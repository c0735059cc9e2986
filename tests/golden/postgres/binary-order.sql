select "t1"."id", "t1"."delay"
from "public"."flight" as "t1"
order by ("t1"."origin")::text collate "C";
