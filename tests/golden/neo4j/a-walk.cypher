MATCH (n2:`Airport`)
WITH *, n2.`iata` AS r3
WITH *
ORDER BY r3
LIMIT $p0
WITH DISTINCT n2.`iata` AS c1
WHERE c1 IS NOT NULL
MATCH (n4:`Airport`)
WHERE n4.`iata` = c1
WITH *, [[n4]] AS w5, [n4] AS s6
CALL (w5, s6) {
UNWIND w5 AS w9
WITH w9, w9[-1] AS n10
CALL (n10) {
MATCH (n10:`Airport`)
MATCH (n10)<-[n13:`FROM`]-(n12:`Flight`)
RETURN n12 AS n11
UNION MATCH (n10:`Flight`)
MATCH (n10)-[n15:`FROM`]->(n14:`Airport`)
RETURN n14 AS n11 }
WITH n11, head(collect(w9)) AS w9
WHERE NOT n11 IN s6
RETURN collect(w9 + [n11]) AS w7 }
WITH *, s6 + [x IN w7 | x[-1]] AS s8
CALL (w7, s8) {
UNWIND w7 AS w18
WITH w18, w18[-1] AS n19
CALL (n19) {
MATCH (n19:`Airport`)
MATCH (n19)<-[n22:`FROM`]-(n21:`Flight`)
RETURN n21 AS n20
UNION MATCH (n19:`Flight`)
MATCH (n19)-[n24:`FROM`]->(n23:`Airport`)
RETURN n23 AS n20 }
WITH n20, head(collect(w18)) AS w18
WHERE NOT n20 IN s8
RETURN collect(w18 + [n20]) AS w16 }
WITH *, s8 + [x IN w16 | x[-1]] AS s17
UNWIND w7 + w16 AS w26
WITH *, w26[-1] AS n25
WHERE n25:`Airport`
RETURN c1 AS x0, n25.`iata` AS x1, (size(w26) - 1) AS x2, [x IN w26 | CASE WHEN x:`Airport` THEN {entity: $p1, key: [toString(x.`iata`)]} WHEN x:`Flight` THEN {entity: $p2, key: [toString(elementId(x))]} END] AS x3;
