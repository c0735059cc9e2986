select `t1`.`c0`, `t6`.`iata`, `t6`.`name`
from (select distinct `t5`.`c0`
from (select (convert(`t4`.`origin` using utf8mb4) collate utf8mb4_nopad_bin) as `c0`
from (select (convert(`t3`.`iata` using utf8mb4) collate utf8mb4_nopad_bin) as `c0`
from `aviation`.`airport` as `t3`
order by `t3`.`iata`
limit ?) as `t2`
cross join `aviation`.`flight` as `t4`
where `t4`.`origin` = convert(`t2`.`c0` using utf8mb4) collate utf8mb4_general_ci and (convert(`t4`.`origin` using utf8mb4) collate utf8mb4_nopad_bin) = (convert(`t2`.`c0` using utf8mb4) collate utf8mb4_nopad_bin)) as `t5`) as `t1`
cross join `aviation`.`airport` as `t6`
where `t6`.`iata` = convert(`t1`.`c0` using utf8mb4) collate utf8mb4_general_ci and (convert(`t6`.`iata` using utf8mb4) collate utf8mb4_nopad_bin) = (convert(`t1`.`c0` using utf8mb4) collate utf8mb4_nopad_bin);
