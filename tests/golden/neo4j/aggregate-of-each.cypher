MATCH (n2:`Airport`)
WITH *, n2.`iata` AS r3
WITH *
ORDER BY r3
LIMIT $p0
WITH DISTINCT elementId(n2) AS c1
WHERE c1 IS NOT NULL
WITH c1, [c1][0] AS k11
CALL (c1) {
MATCH (n6:`Airport`)<-[n5:`FROM`]-(n4:`Flight`)
WHERE elementId(n6) = c1
WITH n4.`delay` AS v9
WITH count(*) AS a8, max(v9) AS a10
WITH a8 AS m0, a10 AS m1
RETURN m0 AS x0, m1 AS x1 }
RETURN k11 AS y0, x0, x1;
