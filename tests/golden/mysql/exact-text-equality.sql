select `t1`.`motto`
from `aviation`.`airport` as `t1`
where `t1`.`motto` = ?;
