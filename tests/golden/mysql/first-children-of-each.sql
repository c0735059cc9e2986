select `t4`.`c1`, `t4`.`c2`, `t4`.`c3`
from (select row_number() over (partition by `t1`.`c0`
order by `t3`.`id`) as `c0`, `t1`.`c0` as `c1`, `t3`.`id` as `c2`, `t3`.`delay` as `c3`
from (select (convert(`t2`.`iata` using utf8mb4) collate utf8mb4_nopad_bin) as `c0`
from `aviation`.`airport` as `t2`
order by `t2`.`iata`
limit ?) as `t1`
cross join `aviation`.`flight` as `t3`
where `t3`.`origin` = convert(`t1`.`c0` using utf8mb4) collate utf8mb4_general_ci and (convert(`t3`.`origin` using utf8mb4) collate utf8mb4_nopad_bin) = (convert(`t1`.`c0` using utf8mb4) collate utf8mb4_nopad_bin)) as `t4`
where `t4`.`c0` <= cast(? as signed)
order by `t4`.`c0`;
