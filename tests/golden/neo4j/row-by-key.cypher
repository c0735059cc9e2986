MATCH (n1:`Airport`)
WHERE n1.`iata` = $p0
RETURN n1.`iata` AS x0;
