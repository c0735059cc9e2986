select "t1"."id"
from "parcel" as "t1"
where (len(list_filter("t1"."lines", lambda "t2": (("t2")."sku" = $1::VARCHAR and list_contains($2::BIGINT[], ("t2")."n")))) > 0 and len(list_filter("t1"."lines", lambda "t3": (("t3")."price" > $3::DECIMAL(38,3)) is not true)) = 0 and len(list_filter("t1"."lines", lambda "t4": (("t4")."lot"."code" is null) is not true)) > 0);
