import { expect, test } from '@jest/globals';
import { neo4jStore } from '../../datasources/neo4j/index.js';
import { fieldOf } from '../../src/ir/entity.js';
import { own, place } from '../../src/ir/operand.js';
import { TRUE } from '../../src/ir/predicate.js';
import { buildEntities } from '../../src/sources/model.js';
import { describeWith } from '../servers/describe-with.js';
import { ownServer, START_MS } from '../servers/index.js';
import { openDriver, storeOptions } from './harness/neo4j.js';

const { signal } = new AbortController();

describeWith('neo4j', 'a server that goes away', () => {
  test(
    'is STORE_UNAVAILABLE to who reads then, and DOWN',
    async () => {
      const server = await ownServer('neo4j');
      const driver = openDriver(server);
      await driver.executeQuery('UNWIND range(1, 50000) AS i CREATE (:Row {id: i})');
      await driver.close();
      const store = await neo4jStore('gone', storeOptions(server, { timeouts: { connectMs: 1_000, readMs: 5_000 } }));
      const { entities } = buildEntities('gone', await store.introspect(signal));
      const entity = entities.get('Row')!;
      const base = { groups: null, orderBy: [], limit: null, offset: null, keyset: [], within: null };
      const select = { ...base, from: place(entity), where: TRUE, output: [own(fieldOf(entity, 'id'))] };
      const stream = store.stream(select, { args: [], form: 'TYPED', signal })[Symbol.asyncIterator]();
      expect((await stream.next()).done).toBe(false);
      await server.stop();
      const rest = async (): Promise<void> => {
        while (!(await stream.next()).done);
      };
      await expect(rest()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      const reading = store.read([select], { args: [], form: 'TYPED', signal });
      await expect(reading).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      expect(await store.health()).toMatchObject({ status: 'DOWN' });
      await store.close();
    },
    START_MS,
  );
});
