MATCH (n1:`Flight`)
WHERE ((n1.`departs`.epochMillis * 1000 + n1.`departs`.microsecond % 1000) >= $p0 AND [d IN [n1.`taxi`] | (d.months * 30 + d.days) * 86400000000 + d.seconds * 1000000 + d.microsecondsOfSecond][0] < $p1)
RETURN (n1.`departs`.epochMillis * 1000 + n1.`departs`.microsecond % 1000) AS x0, n1.`taxi` AS x1;
