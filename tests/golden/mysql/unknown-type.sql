select cast(`t1`.`address` as char)
from `aviation`.`airport` as `t1`
where cast(`t1`.`address` as char) = ?;
