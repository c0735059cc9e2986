select `t2`.`flight_id`, `t1`.`name`
from `aviation`.`duty` as `t2`
cross join `aviation`.`crew` as `t1`
where `t2`.`flight_id` in (select *
from (select `t3`.`id` as `c0`
from `aviation`.`flight` as `t3`
limit ?) as `t4`) and `t1`.`id` = `t2`.`crew_id`;
