select "t1"."id"
from "town" as "t1"
where (exists (select 1
from "shop" as "t2"
where "t2"."town_id" = "t1"."id" and "t2"."size" > $1::BIGINT) and exists (select 1
from "shop" as "t3"
where "t3"."town_id" = "t1"."id" and ("t3"."open" = $2::BOOLEAN) is not true));
