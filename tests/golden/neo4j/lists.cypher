MATCH (n1:`Airport`)
WHERE ((n1.`tags` IS NOT NULL AND $p0 IN n1.`tags`) OR (n1.`tags` IS NOT NULL AND NOT (any(w IN $p1
WHERE w IN n1.`tags`))))
RETURN n1.`tags` AS x0;
