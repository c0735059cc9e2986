select "t4"."p0", "t4"."m0", "t4"."m1"
from (select "t1"."c0" as "p0", (select count(*)
from "shop" as "t5"
where "t5"."town_id" = "t1"."c0") as "m0", (select sum("t6"."size")::BIGINT
from "shop" as "t6"
where "t6"."town_id" = "t1"."c0") as "m1"
from (select distinct "t3"."c0"
from (select "t2"."id" as "c0"
from "town" as "t2"
order by "t2"."id"
limit $1::BIGINT) as "t3"
where "t3"."c0" is not null) as "t1") as "t4";
