with "t2" as (select "t1"."id" as "c0", "t1"."delay" as "c1", "t1"."delay" as "o0", "t1"."id" as "o1"
from "public"."flight" as "t1"
where "t1"."delay" is not null
order by "t1"."delay" desc, "t1"."id" desc
limit $1::bigint), "t3" as (select *
from (select "t1"."id" as "c0", "t1"."delay" as "c1", "t1"."delay" as "o0", "t1"."id" as "o1"
from "public"."flight" as "t1"
where "t1"."delay" is null
order by "t1"."delay" desc, "t1"."id" desc
limit $1::bigint) as "part"
limit $1::bigint - (select count(*)
from "t2")) select "c0", "c1"
from (select *
from "t2" union all select *
from "t3") as "t4"
order by "o0" desc nulls last, "o1" desc;
