select `t3`.`p0`, `t3`.`m0`, `t3`.`m1`
from (select `t1`.`c0` as `p0`, (select count(*)
from `aviation`.`flight` as `t4`
where `t4`.`origin` = convert(`t1`.`c0` using utf8mb4) collate utf8mb4_general_ci and (convert(`t4`.`origin` using utf8mb4) collate utf8mb4_nopad_bin) = (convert(`t1`.`c0` using utf8mb4) collate utf8mb4_nopad_bin)) as `m0`, (select max(`t5`.`delay`)
from `aviation`.`flight` as `t5`
where `t5`.`origin` = convert(`t1`.`c0` using utf8mb4) collate utf8mb4_general_ci and (convert(`t5`.`origin` using utf8mb4) collate utf8mb4_nopad_bin) = (convert(`t1`.`c0` using utf8mb4) collate utf8mb4_nopad_bin)) as `m1`
from (select (convert(`t2`.`iata` using utf8mb4) collate utf8mb4_nopad_bin) as `c0`
from `aviation`.`airport` as `t2`
order by `t2`.`iata`
limit ?) as `t1`) as `t3`;
