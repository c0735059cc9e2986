/** What a browser shows at `/`. */
export const START_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Trainyard</title>
<h1>Trainyard</h1>
<p>One typed GraphQL schema over the stores behind this gateway.</p>
<ul>
<li><a href="/graphql?query=%7Bsources%7Bname%7D%7D">/graphql</a>: the API, by POST; by GET for queries</li>
<li><a href="/readyz">/readyz</a>: the state of each source</li>
<li><a href="/livez">/livez</a>: whether the gateway is alive</li>
</ul>
`;
