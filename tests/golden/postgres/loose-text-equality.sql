select "t1"."motto"
from "public"."airport" as "t1"
where (("t1"."motto" = $1::citext and ("t1"."motto")::text collate "C" = $2::text) and ("t1"."motto")::text collate "C" <> $3::text);
