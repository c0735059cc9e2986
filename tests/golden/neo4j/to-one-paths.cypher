MATCH (n1:`Flight`)
WHERE any(f IN [COLLECT {
MATCH (n2:`Air``Carrier`)
WHERE n2.`code` = n1.`carrier`
RETURN n2.`name` }[0]]
WHERE f = $p0)
WITH *, COLLECT {
MATCH (n5:`Air``Carrier`)
WHERE n5.`code` = n1.`carrier`
RETURN n5.`name` }[0] AS r3, elementId(n1) AS r4
WITH *
ORDER BY r3, r4
RETURN n1.`nr` AS x0, COLLECT {
MATCH (n6:`Air``Carrier`)
WHERE n6.`code` = n1.`carrier`
RETURN n6.`name` }[0] AS x1;
