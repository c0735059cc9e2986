// The floor: node:http and pg, one hand-written statement a request, its JSON sent as it is.
import { createServer } from 'node:http';
import pg from 'pg';
import { WORKS } from './data.mjs';

const pool = new pg.Pool({ connectionString: process.env.FLOOR_URL, max: Number(process.env.FLOOR_POOL) });
const works = Object.entries(WORKS).map(([name, work]) => ({ name, ...work }));

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { query, variables } = JSON.parse(Buffer.concat(chunks).toString());
  const work = works.find((w) => w.query === query);
  const { rows } = await pool.query({
    name: work.name,
    text: work.sql,
    values: work.parameters(variables),
    rowMode: 'array',
  });
  const body = `{"data":{"shop":${rows[0][0]}}}`;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
