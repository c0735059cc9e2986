select count(*), sum(`t1`.`delay`), sum(`t1`.`delay`) * 1e0 / count(`t1`.`delay`), avg(`t1`.`distance` * 1e0), count(case when `t1`.`delay` > cast(? as signed) then 1 end), sqrt(var_samp(`t1`.`delay` * 1e0)), case when count(`t1`.`fare` * 1e0) = 0 then null when char_length(group_concat(`t1`.`fare` * 1e0
order by `t1`.`fare` * 1e0 separator ',')) - char_length(replace(group_concat(`t1`.`fare` * 1e0
order by `t1`.`fare` * 1e0 separator ','), ',', '')) = count(`t1`.`fare` * 1e0) - 1 then substring_index(substring_index(group_concat(`t1`.`fare` * 1e0
order by `t1`.`fare` * 1e0 separator ','), ',', floor((cast(? as double) * (count(`t1`.`fare` * 1e0) - 1))) + 1), ',', -1) * 1e0 + (substring_index(substring_index(group_concat(`t1`.`fare` * 1e0
order by `t1`.`fare` * 1e0 separator ','), ',', ceil((cast(? as double) * (count(`t1`.`fare` * 1e0) - 1))) + 1), ',', -1) * 1e0 - substring_index(substring_index(group_concat(`t1`.`fare` * 1e0
order by `t1`.`fare` * 1e0 separator ','), ',', floor((cast(? as double) * (count(`t1`.`fare` * 1e0) - 1))) + 1), ',', -1) * 1e0) * ((cast(? as double) * (count(`t1`.`fare` * 1e0) - 1)) - floor((cast(? as double) * (count(`t1`.`fare` * 1e0) - 1)))) else exp(count(`t1`.`fare` * 1e0) + 1000) end
from `aviation`.`flight` as `t1`;
