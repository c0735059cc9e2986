MATCH (n2:`Airport`)
WITH *, n2.`iata` AS r3
WITH *
ORDER BY r3
LIMIT $p0
WITH DISTINCT n2.`iata` AS c1
WHERE c1 IS NOT NULL
MATCH (n4:`Airport`)
WHERE n4.`iata` = c1
WITH *, [[n4]] AS w7, [n4] AS s8
CALL (w7, s8) {
UNWIND w7 AS w11
WITH w11, w11[-1] AS n12
CALL (n12) {
MATCH (n12:`Airport`)
MATCH (n12)<-[n15:`FROM`]-(n14:`Flight`)
RETURN n14 AS n13
UNION MATCH (n12:`Flight`)
MATCH (n12)-[n17:`FROM`]->(n16:`Airport`)
RETURN n16 AS n13 }
WITH n13, head(collect(w11)) AS w11
WHERE NOT n13 IN s8
RETURN collect(w11 + [n13]) AS w9 }
WITH *, s8 + [x IN w9 | x[-1]] AS s10
CALL (w9, s10) {
UNWIND w9 AS w20
WITH w20, w20[-1] AS n21
CALL (n21) {
MATCH (n21:`Airport`)
MATCH (n21)<-[n24:`FROM`]-(n23:`Flight`)
RETURN n23 AS n22
UNION MATCH (n21:`Flight`)
MATCH (n21)-[n26:`FROM`]->(n25:`Airport`)
RETURN n25 AS n22 }
WITH n22, head(collect(w20)) AS w20
WHERE NOT n22 IN s10
RETURN collect(w20 + [n22]) AS w18 }
WITH *, s10 + [x IN w18 | x[-1]] AS s19
UNWIND w9 + w18 AS w6
WITH *, w6[-1] AS n5
WHERE n5:`Airport`
RETURN c1 AS x0, n5.`iata` AS x1, (size(w6) - 1) AS x2, [x IN w6 | CASE WHEN x:`Airport` THEN {entity: $p1, key: [toString(x.`iata`)]} WHEN x:`Flight` THEN {entity: $p2, key: [toString(elementId(x))]} END] AS x3;
