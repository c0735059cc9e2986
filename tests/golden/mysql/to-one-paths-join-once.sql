select `t1`.`id`, `t2`.`name`
from `aviation`.`flight` as `t1`
left join `aviation`.`airport` as `t2` on `t2`.`iata` = `t1`.`origin` and (convert(`t2`.`iata` using utf8mb4) collate utf8mb4_nopad_bin) = (convert(`t1`.`origin` using utf8mb4) collate utf8mb4_nopad_bin)
where (`t2`.`state` = ? and (convert(`t2`.`state` using utf8mb4) collate utf8mb4_nopad_bin) = ?)
order by `t2`.`name` is null, `t2`.`name`, `t1`.`id`;
