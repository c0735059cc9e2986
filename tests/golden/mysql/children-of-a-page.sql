select `t1`.`c0`, `t3`.`id`, `t3`.`delay`
from (select (convert(`t2`.`iata` using utf8mb4) collate utf8mb4_nopad_bin) as `c0`
from `aviation`.`airport` as `t2`
order by `t2`.`iata`
limit ?) as `t1`
cross join `aviation`.`flight` as `t3`
where `t3`.`origin` = convert(`t1`.`c0` using utf8mb4) collate utf8mb4_general_ci and (convert(`t3`.`origin` using utf8mb4) collate utf8mb4_nopad_bin) = (convert(`t1`.`c0` using utf8mb4) collate utf8mb4_nopad_bin)
order by `t3`.`id`;
