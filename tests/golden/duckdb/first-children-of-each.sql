select "t6"."c1", "t6"."c2", "t6"."c3"
from (select row_number() over (partition by "t1"."c0"
order by "t4"."size" desc, "t4"."id") as "c0", "t1"."c0" as "c1", "t4"."id" as "c2", (select "t5"."name"
from "town" as "t5"
where "t5"."id" = "t4"."town_id") as "c3"
from (select distinct "t3"."c0"
from (select "t2"."id" as "c0"
from "town" as "t2"
order by "t2"."id"
limit $1::BIGINT) as "t3") as "t1"
cross join "shop" as "t4"
where "t4"."town_id" = "t1"."c0") as "t6"
where "t6"."c0" > $2::BIGINT and "t6"."c0" - $2::BIGINT <= $3::BIGINT
order by "t6"."c0";
