select var_samp("t1"."n"::DOUBLE), sqrt(case when bool_and(isfinite("t1"."f")) then var_pop("t1"."f") filter (where isfinite("t1"."f")) when count("t1"."f") > 0 then 'NaN'::DOUBLE end), sqrt(list_aggregate(list_transform(list("t1"."big") filter (where "t1"."big" is not null), lambda x: (x::HUGEINT - min("t1"."big")::HUGEINT)::DOUBLE), 'var_samp'))
from "reading" as "t1";
