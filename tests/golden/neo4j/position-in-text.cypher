MATCH (n1:`Airport`)
WITH *, n1.`name` AS r2
WHERE (((CASE WHEN r2 =~ '(?s).*[\\x{FFFF}-\\x{10FFFF}].*' THEN reduce(s = '', c IN split(r2, '') | s + CASE WHEN c =~ '[\\x{D800}-\\x{DFFF}]' THEN '\uFFFF' + c WHEN c = '\uFFFF' THEN '\uFFFF\u0000' ELSE c END) ELSE r2 END > CASE WHEN $p0 =~ '(?s).*[\\x{FFFF}-\\x{10FFFF}].*' THEN reduce(s = '', c IN split($p0, '') | s + CASE WHEN c =~ '[\\x{D800}-\\x{DFFF}]' THEN '\uFFFF' + c WHEN c = '\uFFFF' THEN '\uFFFF\u0000' ELSE c END) ELSE $p0 END OR (r2 IS NULL AND $p0 IS NOT NULL))))
WITH *
ORDER BY r2
LIMIT $p1
RETURN n1.`iata` AS x0;
