MATCH (n1:`Air``Carrier`)
WHERE NOT EXISTS {
MATCH (n2:`Flight`)
WHERE n2.`carrier` = n1.`code` AND NOT coalesce(n2.`delay` < $p0, false) }
RETURN n1.`code` AS x0;
