select "t2"."k0", "t2"."k1"
from (select floor(extract(isodow
from ("t1"."date" at time zone $1::text)))::int4 as "k0", floor(("t1"."delay"::float8 - $2::double precision) / $3::double precision) * $3::double precision + $2::double precision as "k1"
from "public"."flight" as "t1"
group by 1, 2) as "t2";
