MATCH (n1:`Flight`)
WHERE (n1.`delay` IN $p0 OR (NOT n1.`date` IN [d IN $p1 | date(d)] AND n1.`date` IS NOT NULL))
RETURN n1.`nr` AS x0, n1.`delay` AS x1;
