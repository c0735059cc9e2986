select `t1`.`id`, `t1`.`delay`
from `aviation`.`flight` as `t1`
order by (convert(`t1`.`origin` using utf8mb4) collate utf8mb4_nopad_bin) is null, (convert(`t1`.`origin` using utf8mb4) collate utf8mb4_nopad_bin);
