MATCH (n1:`Flight`)
WHERE NOT EXISTS {
MATCH (n1)-[n3:`FROM`]->(n2:`Airport`)
WHERE n3.`gate` <> $p0 AND n2.`state` = $p1 }
RETURN n1.`nr` AS x0, n1.`delay` AS x1;
