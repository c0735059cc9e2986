select "t1"."town_id", "t1"."id"
from "shop" as "t1"
where "t1"."town_id" in (select "t2"."id" as "c0"
from "town" as "t2"
order by "t2"."id"
limit $1::BIGINT)
order by "t1"."id";
