select "t1"."id", (select count(*)
from "shop" as "t2"
where "t2"."town_id" = "t1"."id"), (select sum(case when "t3"."open" = $1::BOOLEAN then "t3"."size" end)::DOUBLE / count(case when "t3"."open" = $1::BOOLEAN then "t3"."size" end)
from "shop" as "t3"
where "t3"."town_id" = "t1"."id")
from "town" as "t1";
