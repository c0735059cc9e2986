select "t2"."k0", "t2"."k1", "t2"."k2"
from (select extract(isodow from timezone($1::VARCHAR, "t1"."at"))::INTEGER as "k0", extract(year from "t1"."local")::INTEGER - (extract(year from "t1"."local")::INTEGER < 1)::INTEGER as "k1", floor(("t1"."id"::DOUBLE - $2::DOUBLE) / $3::DOUBLE) * $3::DOUBLE + $2::DOUBLE as "k2"
from "event" as "t1"
group by 1, 2, 3) as "t2";
