select `t1`.`id`, `t1`.`delay`
from `aviation`.`flight` as `t1`
where exists (select 1
from `aviation`.`airport` as `t2`
where `t2`.`iata` = `t1`.`origin` and (convert(`t2`.`iata` using utf8mb4) collate utf8mb4_nopad_bin) = (convert(`t1`.`origin` using utf8mb4) collate utf8mb4_nopad_bin) and (`t2`.`state` = ? and (convert(`t2`.`state` using utf8mb4) collate utf8mb4_nopad_bin) = ?));
