select "t6"."c1", "t6"."c2", "t6"."c3"
from (select row_number() over (partition by "t4"."p0"
order by "t4"."m0" desc) as "c0", "t4"."p0" as "c1", "t4"."k0" as "c2", "t4"."m0" as "c3"
from (select "t1"."c0" as "p0", "t5"."open" as "k0", count(*) as "m0"
from (select distinct "t3"."c0"
from (select "t2"."id" as "c0"
from "town" as "t2"
order by "t2"."id"
limit $1::BIGINT) as "t3"
where "t3"."c0" is not null) as "t1" ("c0")
cross join "shop" as "t5"
where "t5"."town_id" = "t1"."c0"
group by 1, 2) as "t4"
order by "t4"."m0" desc) as "t6"
where "t6"."c0" <= $2::BIGINT
order by "t6"."c0";
