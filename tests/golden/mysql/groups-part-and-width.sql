select `t2`.`k0`, `t2`.`k1`
from (select weekday(`t1`.`date`) + 1 as `k0`, floor((`t1`.`delay` * 1e0 - cast(? as double)) / cast(? as double)) * cast(? as double) + cast(? as double) as `k1`
from `aviation`.`flight` as `t1`
group by 1, 2) as `t2`;
