select `t2`.`name`
from `aviation`.`flight` as `t1`
left join `aviation`.`airport` as `t2` on `t2`.`iata` = `t1`.`origin` and (convert(`t2`.`iata` using utf8mb4) collate utf8mb4_nopad_bin) = (convert(`t1`.`origin` using utf8mb4) collate utf8mb4_nopad_bin) and (convert(`t2`.`state` using utf8mb4) collate utf8mb4_nopad_bin) <> ?;
