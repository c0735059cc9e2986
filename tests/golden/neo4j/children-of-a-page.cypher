MATCH (n2:`Airport`)
WITH *, n2.`iata` AS r3
WITH *
ORDER BY r3
LIMIT $p0
WITH DISTINCT elementId(n2) AS c1
WHERE c1 IS NOT NULL
MATCH (n6:`Airport`)<-[n5:`FROM`]-(n4:`Flight`)
WHERE elementId(n6) = c1
WITH *, elementId(n4) AS r7
WITH *
ORDER BY r7
RETURN c1 AS x0, n4.`nr` AS x1, n4.`delay` AS x2;
