select `t1`.`iata`
from `aviation`.`airport` as `t1`
where ((convert(`t1`.`name` using utf8mb4) collate utf8mb4_nopad_bin) like ? escape '\\' and (convert(`t1`.`name` using utf8mb4) collate utf8mb4_nopad_bin) regexp ? and (convert(`t1`.`name` using utf8mb4) collate utf8mb4_nopad_bin) like ? escape '\\' and (convert(`t1`.`name` using utf8mb4) collate utf8mb4_nopad_bin) like ? escape '\\' and (convert(`t1`.`name` using utf8mb4) collate utf8mb4_nopad_bin) like ? escape '\\' and not ((convert(`t1`.`name` using utf8mb4) collate utf8mb4_nopad_bin) regexp ?));
