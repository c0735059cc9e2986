select `t3`.`k0`, `t3`.`k1`, `t3`.`m0`
from (select (convert(`t2`.`state` using utf8mb4) collate utf8mb4_nopad_bin) as `k0`, (cast(date_format((`t1`.`date` + interval 19800 second), '%Y-%m-01') as datetime(6)) - interval 19800 second) as `k1`, count(*) as `m0`
from `aviation`.`flight` as `t1`
left join `aviation`.`airport` as `t2` on `t2`.`iata` = `t1`.`origin` and (convert(`t2`.`iata` using utf8mb4) collate utf8mb4_nopad_bin) = (convert(`t1`.`origin` using utf8mb4) collate utf8mb4_nopad_bin)
group by 1, 2) as `t3`
where `t3`.`m0` > cast(? as signed)
order by `t3`.`m0` desc
limit ?;
