import { expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allIn, loadConfig, withDemo } from '../../src/config/index.js';

const DEMO = { urls: allIn('postgres://demo@localhost/demo'), flights: '/data/flights-3m.parquet' };

test('the demo is what the configuration in docs/demo.md says', () => {
  const page = readFileSync(new URL('../../docs/demo.md', import.meta.url), 'utf8');
  const [, yaml] = /```yaml\n([^]*?)```/.exec(page)!;
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-demo-'));
  const file = join(folder, 'demo.yml');
  try {
    writeFileSync(file, yaml!);
    const written = loadConfig({ config: file }, { DEMO_URL: DEMO.urls.aviation, DEMO_FLIGHTS: DEMO.flights });
    const { sources, relations } = withDemo(loadConfig({}, {}), DEMO);
    expect(sources).toEqual(written.sources);
    expect(relations).toEqual(written.relations);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('with the demo alone, relations of the file are not looked for', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-demo-'));
  const file = join(folder, 'shop.yml');
  try {
    writeFileSync(
      file,
      `sources: { shop: { engine: postgres, url: 'postgres://shop' } }
relations: [{ from: shop.a, to: shop.b, on: { x: y }, as: b }]`,
    );
    const { sources, relations } = withDemo(loadConfig({ config: file, demo: true }, {}), DEMO);
    expect(Object.keys(sources)).toEqual(['aviation', 'wildlife', 'routes', 'films', 'lake']);
    expect(relations.map(({ from, to }) => [from, to])).toEqual([
      ['aviation.airport', 'wildlife.strike'],
      ['aviation.airport', 'routes.airport'],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
