select `t1`.`c0`, `t2`.`id`, `t2`.`delay`
from (select `l0`.`v` as `c0`
from json_table(?, '$[*]' columns (n for ordinality, v longtext character set utf8mb4 collate utf8mb4_nopad_bin path '$')) as `l0`) as `t1`
cross join `aviation`.`flight` as `t2`
where `t2`.`origin` = convert(`t1`.`c0` using utf8mb4) collate utf8mb4_general_ci and (convert(`t2`.`origin` using utf8mb4) collate utf8mb4_nopad_bin) = (convert(`t1`.`c0` using utf8mb4) collate utf8mb4_nopad_bin);
