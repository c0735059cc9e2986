select "t3"."k0", "t3"."k1", "t3"."m0"
from (select "t2"."state" as "k0", date_trunc('month', "t1"."date", $1::text) as "k1", count(*) as "m0"
from "public"."flight" as "t1"
left join "public"."airport" as "t2" on "t2"."iata" = "t1"."origin"
group by 1, 2) as "t3"
where "t3"."m0" > $2::bigint
order by "t3"."m0" desc nulls last
limit $3::bigint;
