MATCH (n1:`Flight`)
WITH n1.`delay` AS v4, n1.`distance` AS v8, CASE WHEN n1.`delay` > $p0 THEN 1 END AS v11, n1.`carrier` AS v13, n1.`delay` AS v15, n1.`distance` AS v17, n1.`taxi` AS v19
WITH count(*) AS a3, sum(v4 / 4294967296) AS a5, sum(v4 % 4294967296) AS a6, count(v4) AS a7, sum(v8) AS a9, count(v8) AS a10, count(v11) AS a12, count(DISTINCT v13) AS a14, collect(v15) AS a16, collect(v17) AS a18, collect(v19) AS a20
WITH a3 AS m0, CASE WHEN a7 > 0 THEN [w IN [((a6 % 4294967296) + 4294967296) % 4294967296] | [a5 + (a6 - w) / 4294967296, w]][0] END AS m1, CASE WHEN a10 > 0 THEN a9 / a10 END AS m2, a12 AS m3, a14 AS m4, CASE WHEN size(a16) > 1 THEN sqrt([y IN [[x IN a16 | ((x / 4294967296 - a16[0] / 4294967296) * 4294967296.0 + (x % 4294967296 - a16[0] % 4294967296))]] | [m IN [reduce(t = 0.0, x IN y | t + x) / size(y)] | reduce(t = 0.0, x IN y | t + (x - m) * (x - m)) / (size(y) - 1)][0]][0]) END AS m5, [y IN [COLLECT {
UNWIND a18 AS x
WITH toFloat(x) AS x
ORDER BY x
RETURN x }] | [p IN [(size(y) - 1) * $p1] | [i IN [toInteger(floor(p))] | CASE WHEN p = i THEN y[i] ELSE y[i] + (y[i + 1] - y[i]) * (p - i) END][0]][0]][0] AS m6, reduce(best = a20[0], each IN a20 | CASE WHEN [d IN [each] | (d.months * 30 + d.days) * 86400000000 + d.seconds * 1000000 + d.microsecondsOfSecond][0] < [d IN [best] | (d.months * 30 + d.days) * 86400000000 + d.seconds * 1000000 + d.microsecondsOfSecond][0] THEN each ELSE best END) AS m7
RETURN m0 AS x0, m1 AS x1, m2 AS x2, m3 AS x3, m4 AS x4, m5 AS x5, m6 AS x6, m7 AS x7;
