MATCH (n1:`Airport`)
WHERE NOT (EXISTS {
MATCH p3 = (n1)-[:`FROM`*1..4]-(n2)
WHERE all(r4 IN relationships(p3)
WHERE CASE type(r4) WHEN $p0 THEN (startNode(r4):`Flight` AND endNode(r4):`Airport`) END)
WITH DISTINCT n1, n2
WHERE n2 <> n1
WITH n2
WHERE n2:`Flight` AND n2.`nr` = $p1
RETURN 1 })
RETURN n1.`iata` AS x0;
