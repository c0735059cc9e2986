select `t1`.`id`, `t1`.`delay`
from `aviation`.`flight` as `t1`
where `t1`.`date` >= cast(? as datetime(6)) and ((`t1`.`date` > cast(? as datetime(6))) or (`t1`.`date` = cast(? as datetime(6)) and `t1`.`id` > cast(? as signed)))
order by `t1`.`date`, `t1`.`id`
limit ?;
