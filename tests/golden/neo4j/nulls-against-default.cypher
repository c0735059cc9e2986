MATCH (n1:`Flight`)
WITH *, n1.`delay` AS r2, n1.`carrier` AS r3
WITH *
ORDER BY r2 IS NULL, r2 DESC, r3 IS NULL DESC, r3
RETURN n1.`nr` AS x0, n1.`delay` AS x1;
