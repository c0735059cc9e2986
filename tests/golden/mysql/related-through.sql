select `t1`.`id`, `t1`.`delay`
from `aviation`.`flight` as `t1`
where not exists (select 1
from `aviation`.`duty` as `t3`
cross join `aviation`.`crew` as `t2`
where `t3`.`flight_id` = `t1`.`id` and `t3`.`crew_id` > cast(? as signed) and `t2`.`id` = `t3`.`crew_id` and (`t2`.`name` = ? and (convert(`t2`.`name` using utf8mb4) collate utf8mb4_nopad_bin) = ?));
