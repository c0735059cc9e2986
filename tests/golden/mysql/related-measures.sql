select `t1`.`iata`, (select count(*)
from `aviation`.`flight` as `t2`
where `t2`.`origin` = `t1`.`iata` and (convert(`t2`.`origin` using utf8mb4) collate utf8mb4_nopad_bin) = (convert(`t1`.`iata` using utf8mb4) collate utf8mb4_nopad_bin)), (select sum(`t3`.`delay`) * 1e0 / count(`t3`.`delay`)
from `aviation`.`flight` as `t3`
where `t3`.`origin` = `t1`.`iata` and (convert(`t3`.`origin` using utf8mb4) collate utf8mb4_nopad_bin) = (convert(`t1`.`iata` using utf8mb4) collate utf8mb4_nopad_bin))
from `aviation`.`airport` as `t1`
order by (select count(*)
from `aviation`.`flight` as `t4`
where `t4`.`origin` = `t1`.`iata` and (convert(`t4`.`origin` using utf8mb4) collate utf8mb4_nopad_bin) = (convert(`t1`.`iata` using utf8mb4) collate utf8mb4_nopad_bin)) desc;
