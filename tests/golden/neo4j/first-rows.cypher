MATCH (n1:`Flight`)
WITH *, (n1.`departs`.epochMillis * 1000 + n1.`departs`.microsecond % 1000) AS r2, elementId(n1) AS r3
WITH *
ORDER BY r2 IS NULL, r2 DESC, r3
SKIP $p0
LIMIT $p1
RETURN n1.`nr` AS x0, n1.`delay` AS x1;
