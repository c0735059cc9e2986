UNWIND $p0 AS u2
WITH u2[0] AS c1
MATCH (n5:`Airport`)<-[n4:`FROM`]-(n3:`Flight`)
WHERE elementId(n5) = c1
RETURN c1 AS x0, n3.`nr` AS x1, n3.`delay` AS x2;
