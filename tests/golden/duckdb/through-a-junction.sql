select "t2"."shop_id", "t2"."nr", "t1"."word"
from "item_badge" as "t2"
cross join "badge" as "t1"
where ("t2"."shop_id", "t2"."nr") in (select "t3"."shop_id" as "c0", "t3"."nr" as "c1"
from "item" as "t3") and "t1"."word" = "t2"."word";
