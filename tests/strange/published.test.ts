import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getConstructionPlans } from 'pg-boss';
import type { Entity } from '../../src/ir/entity.js';
import { suggestRelations } from '../../src/suggest/index.js';
import { served, type GraphQLAnswer, type Served } from '../e2e/served.js';
import { openPools, openTestServer, type TestServer } from '../postgres/server.js';

/** Schemas that others have published: the queues of graphile-worker and of pg-boss, in one database. */
const { signal } = new AbortController();
let server: TestServer;
let gateway: Served;

const WORKER = fileURLToPath(new URL('../../node_modules/graphile-worker/sql', import.meta.url));

const JOBS = `
select graphile_worker.add_job((array['send_mail', 'resize', 'report'])[1 + i % 3], json_build_object('n', i), queue_name => 'queue ' || i % 4,
  max_attempts => 1 + i % 5, priority => i % 3) from generate_series(1, 60) i;
select pgboss.create_queue('failed', '{"policy": "standard"}');
select pgboss.create_queue(name, '{"policy": "standard", "deadLetter": "failed"}') from unnest(array['mail', 'images', 'reports']) as name;
insert into pgboss.job (name, data, state, retry_count, started_on, completed_on)
  select (array['mail', 'images', 'reports'])[1 + i % 3], json_build_object('n', i), (array['created', 'active', 'completed', 'failed'])[1 + i % 4]::pgboss.job_state,
    i % 3, timestamptz '2024-01-01 00:00+00' + i * interval '1 minute', case when i % 4 > 1 then timestamptz '2024-01-01 00:00+00' + i * interval '2 minutes' end
  from generate_series(1, 100) i;
insert into pgboss.schedule (name, key, cron, timezone) values ('mail', '', '0 3 * * *', 'UTC'), ('reports', 'weekly', '0 4 * * 1', 'UTC');
`;

beforeAll(async () => {
  server = await openTestServer();
  const url = await server.freshDatabase('queues');
  const admin = openPools(url);
  await admin.script('create schema graphile_worker', { signal });
  for (const file of readdirSync(WORKER).sort()) {
    const text = readFileSync(join(WORKER, file), 'utf8').replaceAll(':GRAPHILE_WORKER_SCHEMA', 'graphile_worker');
    await admin.script(text, { signal });
  }
  await admin.script(getConstructionPlans('pgboss'), { signal });
  await admin.script(JOBS, { signal });
  await admin.close();
  gateway = await served(url, (config) => ({
    ...config,
    sources: { queues: { ...config.sources['queues']!, schemas: ['pgboss', 'graphile_worker'] } },
  }));
});

afterAll(async () => {
  await gateway.close();
  await server.close();
});

async function data(query: string): Promise<unknown> {
  const answer: GraphQLAnswer = await gateway.ask(`{ queues { ${query} } }`);
  expect(answer.errors).toBeUndefined();
  return (answer.data as { queues: unknown }).queues;
}

const entities = (): readonly Entity[] => [...gateway.yard.sources.get('queues')!.model.entities.values()];

test('every table and view of both is there, nothing is left out, and every field is read', async () => {
  expect(entities().map((e) => e.entity)).toEqual(
    expect.arrayContaining(['job', 'queue', 'schedule', 'graphile_worker_jobs', 'graphile_worker__private_tasks']),
  );
  expect(gateway.yard.sources.get('queues')!.model.problems).toEqual([]);
  for (const entity of entities()) {
    const fields = [...entity.fields.keys()].join(' ');
    const answer = (await data(
      `rows: ${entity.entity}(first: 3) { ${fields} } all: ${entity.entity}_aggregate { count }`,
    )) as {
      rows: unknown[];
      all: { count: number };
    };
    expect([entity.entity, answer.rows.length]).toEqual([entity.entity, Math.min(3, answer.all.count)]);
  }
});

test('how many jobs failed, how long did the longest take to be tried again, and which are they', async () => {
  expect(
    await data(`failed: job_aggregate(where: { state: { eq: failed } }) { count max { retry_count } }
      open: job_aggregate(where: { state: { lt: active } }) { count }
      last: job(where: { state: { eq: failed }, name: { eq: "mail" } }, orderBy: [{ started_on: DESC }], first: 2) { name state started_on data }`),
  ).toEqual({
    failed: { count: 25, max: { retry_count: 2 } },
    open: { count: 25 },
    last: [
      { name: 'mail', state: 'failed', started_on: '2024-01-01T01:39:00Z', data: { n: 99 } },
      { name: 'mail', state: 'failed', started_on: '2024-01-01T01:27:00Z', data: { n: 87 } },
    ],
  });
});

test('which queues have a plan, and where do their failed jobs go', async () => {
  expect(
    await data(`queue(where: { schedule: { some: { cron: { startsWith: "0" } } } }, orderBy: [{ name: ASC }]) {
      name schedule { key cron } dead_letter_queue { name queue_by_dead_letter_aggregate { count } } }`),
  ).toEqual({
    queue: [
      {
        name: 'mail',
        schedule: [{ key: '', cron: '0 3 * * *' }],
        dead_letter_queue: { name: 'failed', queue_by_dead_letter_aggregate: { count: 3 } },
      },
      {
        name: 'reports',
        schedule: [{ key: 'weekly', cron: '0 4 * * 1' }],
        dead_letter_queue: { name: 'failed', queue_by_dead_letter_aggregate: { count: 3 } },
      },
    ],
  });
});

test('what waits in the other one, by its view', async () => {
  expect(
    await data(`waiting: graphile_worker_jobs_aggregate(where: { task_identifier: { eq: "resize" }, locked_at: { isNull: true } }) { count avg { priority } }
      urgent: graphile_worker_jobs(where: { queue_name: { eq: "queue 1" } }, orderBy: [{ priority: DESC }, { id: ASC }], first: 1) { id task_identifier max_attempts }`),
  ).toEqual({
    waiting: { count: 20, avg: { priority: 1 } },
    urgent: [{ id: '5', task_identifier: 'report', max_attempts: 1 }],
  });
});

test('the relations that it left to its functions are proposed', async () => {
  const { store } = gateway.yard.sources.get('queues')!;
  const { found } = await suggestRelations(store, entities(), { rows: 500, lookMs: 5_000, allMs: 30_000 });
  const proposed = found.map(
    ({ from, to, on }) => `${from.entity}.${on[0]!.from.name} → ${to.entity}.${on[0]!.to.name}`,
  );
  expect(proposed).toEqual(
    expect.arrayContaining([
      'graphile_worker__private_jobs.task_id → graphile_worker__private_tasks.id',
      'graphile_worker__private_jobs.job_queue_id → graphile_worker__private_job_queues.id',
    ]),
  );
});
