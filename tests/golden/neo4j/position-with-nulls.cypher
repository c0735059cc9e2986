MATCH (n1:`Flight`)
WITH *, n1.`delay` AS r2, elementId(n1) AS r3
WHERE (((r2 < $p0 OR (r2 IS NULL AND $p0 IS NOT NULL))) OR ((r2 = $p0 OR (r2 IS NULL AND $p0 IS NULL)) AND (r3 > $p1 OR (r3 IS NULL AND $p1 IS NOT NULL))))
WITH *
ORDER BY r2 IS NULL, r2 DESC, r3
LIMIT $p2
RETURN n1.`nr` AS x0, n1.`delay` AS x1;
