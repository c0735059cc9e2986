MATCH (:`Flight`)-[n1:`FROM`]->(:`Airport`)
RETURN n1.`gate` AS x0, COLLECT {
MATCH (n2:`Flight`)-[n1]->()
RETURN n2.`nr` }[0] AS x1;
