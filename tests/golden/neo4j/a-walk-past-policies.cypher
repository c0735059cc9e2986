MATCH (n2:`Airport`)
WITH *, n2.`iata` AS r3
WITH *
ORDER BY r3
LIMIT $p0
WITH DISTINCT n2.`iata` AS c1
WHERE c1 IS NOT NULL
MATCH (n4:`Airport`)
WHERE n4.`iata` = c1
CALL (n4) {
MATCH p6 = (n4)-[:`FROM`*1..3]-(n5)
WHERE all(r11 IN relationships(p6)
WHERE CASE type(r11) WHEN $p1 THEN (startNode(r11):`Flight` AND endNode(r11):`Airport` AND r11.`gate` <> $p2 AND all(n12 IN [startNode(r11)]
WHERE n12 = n4 OR n12.`nr` > $p3)) END)
RETURN n5, min(length(p6)) AS d7 }
WITH *
WHERE n5 <> n4 AND n5:`Airport`
RETURN c1 AS x0, d7 AS x1;
