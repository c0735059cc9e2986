select `t1`.`id`, `t1`.`delay`
from `aviation`.`flight` as `t1`
order by `t1`.`date` desc, `t1`.`id`
limit ?
offset ?;
