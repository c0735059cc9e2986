select "t1"."iata"
from "public"."airport" as "t1"
where ("t1"."name" like $1::text and "t1"."name" ~ $2::text and "t1"."name" like $3::text and "t1"."name" like $4::text and "t1"."name" like $5::text and not ("t1"."name" ~ $6::text));
