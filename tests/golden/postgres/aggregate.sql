select count(*), sum("t1"."delay"), (sum("t1"."delay"))::float8 / count("t1"."delay"), avg("t1"."distance"::float8), count(*) filter (where "t1"."delay" > $1::bigint), sqrt((var_samp("t1"."delay"))::float8), percentile_cont($2::double precision) within group (order by "t1"."fare"::float8)
from "public"."flight" as "t1";
