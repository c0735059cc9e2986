select "t1"."id", "t1"."name"
from "shop" as "t1"
order by "t1"."size" desc, "t1"."name" nulls first
limit $1::BIGINT
offset $2::BIGINT;
