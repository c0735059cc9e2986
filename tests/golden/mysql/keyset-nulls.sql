select `t1`.`id`, `t1`.`delay`
from `aviation`.`flight` as `t1`
where (((`t1`.`delay` > cast(? as signed) or (`t1`.`delay` is null and cast(? as signed) is not null))) or (`t1`.`delay` <=> cast(? as signed) and `t1`.`id` > cast(? as signed)))
order by `t1`.`delay` is null, `t1`.`delay`, `t1`.`id`
limit ?;
