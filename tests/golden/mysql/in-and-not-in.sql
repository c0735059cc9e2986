select `t1`.`id`, `t1`.`delay`
from `aviation`.`flight` as `t1`
where (`t1`.`delay` in (select `list`.`v`
from json_table(?, '$[*]' columns (n for ordinality, v bigint path '$')) as `list`) or (nullif(`t1`.`class` + 0, 0) not in (select `list`.`v`
from json_table(?, '$[*]' columns (n for ordinality, v bigint path '$')) as `list`) and nullif(`t1`.`class` + 0, 0) is not null));
