select "t1"."id"
from "reading" as "t1"
where ((("t1"."f" > $1::DOUBLE or ("t1"."f" is null and $1::DOUBLE is not null))) or ("t1"."f" is not distinct from $1::DOUBLE and ("t1"."id" > $2::BIGINT or ("t1"."id" is null and $2::BIGINT is not null))))
order by "t1"."f", "t1"."id"
limit $3::BIGINT;
