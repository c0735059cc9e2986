select "t1"."id"
from "reading" as "t1"
where (("t1"."n" > $1::BIGINT and "t1"."big" <> $2::BIGINT) or "t1"."f" is not null or "t1"."n" < "t1"."big" or isnan("t1"."f"));
