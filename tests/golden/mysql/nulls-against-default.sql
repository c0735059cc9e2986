select `t1`.`id`, `t1`.`delay`
from `aviation`.`flight` as `t1`
order by `t1`.`delay` desc, `t1`.`origin`;
