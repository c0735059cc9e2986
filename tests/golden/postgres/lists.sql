select "t1"."tags"
from "public"."airport" as "t1"
where ("t1"."tags" @> $1::text[] or not ("t1"."tags" && $2::text[]));
