UNWIND $p0 AS u2
WITH u2[0] AS c1
CALL (c1) {
MATCH (n3:`Flight`)
WHERE n3.`carrier` = c1
WITH *
LIMIT $p1
RETURN n3.`nr` AS x0, n3.`delay` AS x1 }
RETURN c1 AS y0, x0, x1;
