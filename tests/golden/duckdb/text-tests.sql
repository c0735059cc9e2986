select "t1"."id"
from "word" as "t1"
where ("t1"."text" like $1::VARCHAR escape '\' and regexp_full_match("t1"."text", $2::VARCHAR) and starts_with("t1"."text", $3::VARCHAR) and ends_with("t1"."text", $4::VARCHAR) and contains("t1"."text", $5::VARCHAR) and not (regexp_matches("t1"."text", $6::VARCHAR)));
