MATCH (n1:`Flight`)
WHERE ((n1.`distance` = $p0 OR (isNaN(n1.`distance`) AND isNaN($p0))) AND (n1.`distance` > $p1 OR (isNaN(n1.`distance`) AND NOT isNaN($p1))))
RETURN n1.`nr` AS x0, n1.`delay` AS x1;
