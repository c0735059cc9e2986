select `t3`.`c1`, `t3`.`c2`, `t3`.`c3`
from (select row_number() over (partition by `t1`.`c0`) as `c0`, `t1`.`c0` as `c1`, `t2`.`id` as `c2`, `t2`.`delay` as `c3`
from (select `l0`.`v` as `c0`
from json_table(?, '$[*]' columns (n for ordinality, v longtext character set utf8mb4 collate utf8mb4_nopad_bin path '$')) as `l0`) as `t1`
cross join `aviation`.`flight` as `t2`
where `t2`.`origin` = convert(`t1`.`c0` using utf8mb4) collate utf8mb4_general_ci and (convert(`t2`.`origin` using utf8mb4) collate utf8mb4_nopad_bin) = (convert(`t1`.`c0` using utf8mb4) collate utf8mb4_nopad_bin)) as `t3`
where `t3`.`c0` <= cast(? as signed)
order by `t3`.`c0`;
