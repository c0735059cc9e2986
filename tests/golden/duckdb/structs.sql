select ("t1"."owner")."home"."city"
from "parcel" as "t1"
where ("t1"."owner")."name" = $1::VARCHAR
order by ("t1"."owner")."age";
