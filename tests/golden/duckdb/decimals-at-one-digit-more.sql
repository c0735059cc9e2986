select "t1"."nr"
from "item" as "t1"
where "t1"."cost" = $1::DECIMAL(38,4);
