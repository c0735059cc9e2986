select "t4"."k0", "t4"."m0"
from (select (select "t3"."name"
from "town" as "t3"
where "t3"."id" = "t1"."town_id") as "k0", count(*) as "m0"
from "shop" as "t1"
group by 1) as "t4";
