MATCH (n2:`Airport`)
WITH *, n2.`iata` AS r3
WITH *
ORDER BY r3
LIMIT $p0
WITH DISTINCT n2.`iata` AS c1
WHERE c1 IS NOT NULL
CALL (c1) {
MATCH (n4:`Airport`)
WHERE n4.`iata` = c1
CALL (n4) {
MATCH p6 = (n4)-[:`FROM`*1..6]-(n5)
WHERE all(r10 IN relationships(p6)
WHERE CASE type(r10) WHEN $p1 THEN (startNode(r10):`Flight` AND endNode(r10):`Airport`) END)
RETURN n5, min(length(p6)) AS d7 }
WITH *
WHERE n5 <> n4 AND n5:`Airport`
WITH *, d7 AS r11
WITH *
ORDER BY r11
LIMIT $p2
RETURN n5.`iata` AS x0, d7 AS x1, [x IN COLLECT {
MATCH p8 = shortestPath((n4)-[:`FROM`*1..6]-(n5))
WHERE all(r9 IN relationships(p8)
WHERE CASE type(r9) WHEN $p3 THEN (startNode(r9):`Flight` AND endNode(r9):`Airport`) END)
RETURN nodes(p8)
LIMIT 1 }[0] | CASE WHEN x:`Airport` THEN {entity: $p4, key: [toString(x.`iata`)]} WHEN x:`Flight` THEN {entity: $p5, key: [toString(elementId(x))]} END] AS x2 }
RETURN c1 AS y0, x0, x1, x2;
