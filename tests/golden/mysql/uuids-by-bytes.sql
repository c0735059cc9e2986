select `t1`.`badge`
from `aviation`.`airport` as `t1`
where (`t1`.`badge` <> ? and cast(`t1`.`badge` as char(36)) < ?)
order by cast(`t1`.`badge` as char(36)) is null, cast(`t1`.`badge` as char(36));
