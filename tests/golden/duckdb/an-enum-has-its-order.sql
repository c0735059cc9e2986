select "t1"."id"
from "town" as "t1"
where "t1"."grade" > $1::ENUM('low', 'mid', 'high')
order by "t1"."grade";
