select "t3"."c1", "t3"."c2"
from (select row_number() over (partition by "t1"."c0") as "c0", "t1"."c0" as "c1", "t2"."id" as "c2"
from (select unnest($1::BIGINT[]) as "c0") as "t1"
cross join "shop" as "t2"
where "t2"."town_id" = "t1"."c0") as "t3"
where "t3"."c0" <= $2::BIGINT
order by "t3"."c0";
