MATCH (n1:`Flight`)
WHERE elementId(n1) = $p0
RETURN n1.`nr` AS x0, n1.`delay` AS x1;
