MATCH (n2:`Airport`)
WITH *, n2.`iata` AS r3
WITH *
ORDER BY r3
LIMIT $p0
WITH DISTINCT n2.`iata` AS c1
WHERE c1 IS NOT NULL
MATCH (n4:`Airport`)
WHERE n4.`iata` = c1
MATCH (n5)
WHERE n5 <> n4 AND n5:`Airport` AND n5.`iata` = $p1
WITH *
MATCH p6 = shortestPath((n4)-[:`FROM`*1..6]-(n5))
WHERE all(r7 IN relationships(p6)
WHERE CASE type(r7) WHEN $p2 THEN (startNode(r7):`Flight` AND endNode(r7):`Airport`) END)
RETURN c1 AS x0, n5.`iata` AS x1, length(p6) AS x2, [x IN nodes(p6) | CASE WHEN x:`Airport` THEN {entity: $p3, key: [toString(x.`iata`)]} WHEN x:`Flight` THEN {entity: $p4, key: [toString(elementId(x))]} END] AS x3;
