select "t1"."id", "t1"."delay"
from "public"."flight" as "t1"
where ((("t1"."distance" > $1::real or ("t1"."distance" is null and $1::real is not null))) or ("t1"."distance" is not distinct from $1::real and "t1"."id" > $2::bigint))
order by "t1"."distance", "t1"."id"
limit $3::bigint;
