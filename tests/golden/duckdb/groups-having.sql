select "t2"."k0", "t2"."k1", "t2"."k2", "t2"."m0"
from (select timezone($1::VARCHAR, date_trunc('month', timezone($1::VARCHAR, "t1"."at"))::TIMESTAMP) as "k0", "t1"."at" - (timezone($2::VARCHAR, "t1"."at") - date_trunc('hour', timezone($2::VARCHAR, "t1"."at"))) as "k1", date_trunc('week', "t1"."day")::DATE as "k2", count(*) as "m0"
from "event" as "t1"
group by 1, 2, 3) as "t2"
where "t2"."m0" > $3::BIGINT
order by "t2"."m0" desc
limit $4::BIGINT;
