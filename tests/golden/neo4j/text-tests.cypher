MATCH (n1:`Airport`)
WHERE (n1.`name` =~ $p0 AND n1.`name` =~ $p1 AND n1.`name` STARTS
WITH $p2 AND n1.`name` ENDS
WITH $p3 AND n1.`name` CONTAINS $p4 AND NOT (n1.`name` =~ $p5))
RETURN n1.`iata` AS x0;
