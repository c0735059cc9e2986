with "t2" as (select "t1"."id" as "c0", "t1"."delay" as "c1", "t1"."delay" as "o0", "t1"."id" as "o1"
from "public"."flight" as "t1"
where ("t1"."delay", "t1"."id") > ($1::bigint, $2::bigint)
order by "t1"."delay", "t1"."id"
limit $3::bigint), "t3" as (select *
from (select "t1"."id" as "c0", "t1"."delay" as "c1", "t1"."delay" as "o0", "t1"."id" as "o1"
from "public"."flight" as "t1"
where "t1"."delay" is null and $1::bigint is null and ("t1"."id") > ($2::bigint)
order by "t1"."delay", "t1"."id"
limit $3::bigint) as "part"
limit $3::bigint - (select count(*)
from "t2")), "t4" as (select *
from (select "t1"."id" as "c0", "t1"."delay" as "c1", "t1"."delay" as "o0", "t1"."id" as "o1"
from "public"."flight" as "t1"
where "t1"."delay" is null and $1::bigint is not null
order by "t1"."delay", "t1"."id"
limit $3::bigint) as "part"
limit $3::bigint - (select count(*)
from "t2") - (select count(*)
from "t3")) select "c0", "c1"
from (select *
from "t2" union all select *
from "t3" union all select *
from "t4") as "t5"
order by "o0", "o1";
