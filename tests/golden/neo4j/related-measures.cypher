MATCH (n1:`Airport`)
WITH *, [l6 IN [COLLECT {
MATCH (n1)<-[n4:`FROM`]-(n3:`Flight`)
WITH (n3.`departs`.epochMillis * 1000 + n3.`departs`.microsecond % 1000) AS v5
WHERE v5 IS NOT NULL
RETURN v5 }] | COLLECT {
UNWIND l6 AS x
RETURN x
ORDER BY x DESC
LIMIT 1 }[0]][0] AS r2
WITH *
ORDER BY r2 IS NULL, r2 DESC
RETURN n1.`iata` AS x0, COUNT {
MATCH (n1)<-[n8:`FROM`]-(n7:`Flight`) } AS x1, [l12 IN [COLLECT {
MATCH (n1)<-[n10:`FROM`]-(n9:`Flight`)
WITH n9.`delay` AS v11
WHERE v11 IS NOT NULL
RETURN v11 }] | CASE WHEN size(l12) > 0 THEN (reduce(t = 0, x IN l12 | t + x / 4294967296) * 4294967296.0 + reduce(t = 0, x IN l12 | t + x % 4294967296)) / size(l12) END][0] AS x2;
