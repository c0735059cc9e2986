select `t1`.`id`, `t1`.`delay`
from `aviation`.`flight` as `t1`
where `t1`.`id` = cast(? as signed);
