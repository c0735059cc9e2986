select "t1"."address"
from "public"."airport" as "t1"
where case when "t1"."address" is not null then format('%s', "t1"."address") end = $1::text;
