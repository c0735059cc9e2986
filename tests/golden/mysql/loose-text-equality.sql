select `t1`.`name`
from `aviation`.`airport` as `t1`
where ((`t1`.`name` = ? and (convert(`t1`.`name` using utf8mb4) collate utf8mb4_nopad_bin) = ?) and (convert(`t1`.`name` using utf8mb4) collate utf8mb4_nopad_bin) <> ?);
