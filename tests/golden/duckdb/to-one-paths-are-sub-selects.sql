select "t1"."id", (select "t4"."name"
from "town" as "t4"
where "t4"."id" = "t1"."town_id")
from "shop" as "t1"
where (select (select "t3"."name"
from "town" as "t3"
where "t3"."id" = "t2"."mother_id")
from "town" as "t2"
where "t2"."id" = "t1"."town_id") = $1::VARCHAR;
