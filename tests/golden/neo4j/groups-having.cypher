MATCH (n1:`Flight`)
WITH COLLECT {
MATCH (n2:`Air``Carrier`)
WHERE n2.`code` = n1.`carrier`
RETURN n2.`name` }[0] AS k0, [j IN [(n1.`departs`.epochMillis * 1000 + n1.`departs`.microsecond % 1000)] | CASE WHEN j IS NOT NULL THEN [g IN [(j - (j % 1000000 + 1000000) % 1000000) / 1000000] | [z IN [datetime({epochSeconds: g, timezone: $p0}).offsetSeconds] | [h IN [datetime.truncate('month', datetime({epochSeconds: g + z})).epochSeconds] | ([u IN [h - datetime({epochSeconds: h - 86400, timezone: $p0}).offsetSeconds] | [w IN [h - datetime({epochSeconds: h + 86400, timezone: $p0}).offsetSeconds] | CASE WHEN w + datetime({epochSeconds: w, timezone: $p0}).offsetSeconds = h THEN w ELSE u END][0]][0]) * 1000000][0]][0]][0] END][0] AS k1
WITH k0, k1, count(*) AS a4
WITH k0 AS k0, k1 AS k1, a4 AS m0
WHERE m0 > $p1
WITH *, m0 AS r5
WITH *
ORDER BY r5 IS NULL, r5 DESC
LIMIT $p2
RETURN k0 AS x0, k1 AS x1, m0 AS x2;
