MATCH (n3:`Airport`)
WITH *, n3.`iata` AS r4
WITH *
ORDER BY r4
LIMIT $p0
WITH DISTINCT elementId(n3) AS c2
WHERE c2 IS NOT NULL
MATCH (n7:`Airport`)<-[n6:`FROM`]-(n5:`Flight`)
WHERE elementId(n7) = c2
WITH DISTINCT n5.`carrier` AS c1
WHERE c1 IS NOT NULL
MATCH (n8:`Air``Carrier`)
WHERE n8.`code` = c1
RETURN c1 AS x0, n8.`name` AS x1;
