select count(case when "t1"."n" > $1::BIGINT then 1 end), count(distinct "t1"."series"), sum("t1"."n")::BIGINT, sum("t1"."big")::DECIMAL(38,0), sum("t1"."n")::DOUBLE / count("t1"."n"), avg("t1"."f"), max("t1"."series"), quantile_cont("t1"."f", $2::DOUBLE)
from "reading" as "t1";
