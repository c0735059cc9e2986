select "t1"."id"
from "word" as "t1"
where (list_has_all("t1"."tags", $1::VARCHAR[]) or list_has_all("t1"."sizes", $2::BIGINT[]) or not (list_has_any("t1"."tags", $3::VARCHAR[])) or (len("t1"."tags") = 0) = $4::BOOLEAN);
