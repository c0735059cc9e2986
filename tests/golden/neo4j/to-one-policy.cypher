MATCH (n1:`Flight`)
RETURN COLLECT {
MATCH (n2:`Air``Carrier`)
WHERE n2.`code` = n1.`carrier` AND n2.`code` <> $p0
RETURN n2.`name` }[0] AS x0;
