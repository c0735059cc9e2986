MATCH (n1:`Flight`)
WITH [j IN [n1.`date`] | CASE WHEN j IS NOT NULL THEN [d IN [j] | d.dayOfWeek][0] END][0] AS k0, [w IN [floor((toFloat(n1.`delay`) - $p0) / $p1) * $p1 + $p0] | CASE WHEN isNaN(w) THEN 'NaN' ELSE w + 0.0 END][0] AS k1
WITH k0, k1, count(*) AS a2
WITH k0 AS k0, CASE WHEN k1 = 'NaN' THEN NaN ELSE k1 END AS k1
RETURN k0 AS x0, k1 AS x1;
