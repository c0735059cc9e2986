select `t1`.`badge`
from `aviation`.`airport` as `t1`
where (`t1`.`badge` <> ? and (convert(cast(`t1`.`badge` as char(36)) using utf8mb4) collate utf8mb4_nopad_bin) < ?)
order by (convert(cast(`t1`.`badge` as char(36)) using utf8mb4) collate utf8mb4_nopad_bin) is null, (convert(cast(`t1`.`badge` as char(36)) using utf8mb4) collate utf8mb4_nopad_bin);
