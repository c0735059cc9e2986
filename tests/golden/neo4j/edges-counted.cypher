MATCH (n1:`Airport`)
RETURN (COUNT {
MATCH (n1)<-[n3:`FROM`]-(n2:`Flight`) }) AS x0;
