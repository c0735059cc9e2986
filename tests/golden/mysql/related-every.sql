select `t1`.`iata`
from `aviation`.`airport` as `t1`
where not exists (select 1
from `aviation`.`flight` as `t2`
where `t2`.`origin` = `t1`.`iata` and (convert(`t2`.`origin` using utf8mb4) collate utf8mb4_nopad_bin) = (convert(`t1`.`iata` using utf8mb4) collate utf8mb4_nopad_bin) and (`t2`.`delay` < cast(? as signed)) is not true);
