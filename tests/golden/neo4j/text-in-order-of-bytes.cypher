MATCH (n1:`Airport`)
WHERE CASE WHEN $p0 =~ '(?s).*[\\x{E000}-\\x{10FFFF}].*' THEN CASE WHEN n1.`name` =~ '(?s).*[\\x{FFFF}-\\x{10FFFF}].*' THEN reduce(s = '', c IN split(n1.`name`, '') | s + CASE WHEN c =~ '[\\x{D800}-\\x{DFFF}]' THEN '\uFFFF' + c WHEN c = '\uFFFF' THEN '\uFFFF\u0000' ELSE c END) ELSE n1.`name` END < CASE WHEN $p0 =~ '(?s).*[\\x{FFFF}-\\x{10FFFF}].*' THEN reduce(s = '', c IN split($p0, '') | s + CASE WHEN c =~ '[\\x{D800}-\\x{DFFF}]' THEN '\uFFFF' + c WHEN c = '\uFFFF' THEN '\uFFFF\u0000' ELSE c END) ELSE $p0 END ELSE n1.`name` < $p0 END
RETURN n1.`iata` AS x0;
