select "t1"."id"
from "shop" as "t1"
where ("t1"."id" = any($1::BIGINT[]) and ("t1"."name" <> all($2::VARCHAR[]) and "t1"."name" is not null));
