import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadConfig } from '../src/config/index.js';

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly profiles?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly read_only?: boolean;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const { services, volumes } = parse(readFileSync('docker/compose.yml', 'utf8')) as {
  services: Readonly<Record<string, Service>>;
  volumes: Readonly<Record<string, null>>;
};
const dockerfile = readFileSync('docker/Dockerfile', 'utf8');

describe('docker/compose.yml', () => {
  test('names the stores of the demo, each a service of the file that the demo waits for', () => {
    const { demoStores } = loadConfig({ demo: true, stores: 'docker/compose.yml' }, {});
    const hosts = Object.values(demoStores).map((url) => new URL(url).hostname);
    expect(Object.keys(demoStores)).toEqual(['aviation', 'wildlife', 'routes', 'films']);
    expect(hosts.sort()).toEqual(Object.keys(services['demo']!.depends_on!).sort());
    for (const host of hosts) {
      const { profiles = ['demo'] } = services[host]!;
      expect(profiles).toContain('demo');
    }
  });

  test.each(Object.entries(services))('%s', (_, service) => {
    if (service.build) {
      // The image has a health check of its own, and no PostgreSQL: the records need a place.
      expect(dockerfile).toContain('HEALTHCHECK');
      expect(service.read_only).toBe(true);
      expect(service.environment).toHaveProperty('TRAINYARD_CATALOG_URL');
    } else {
      expect(service.healthcheck!.test[0]).toMatch(/^CMD(-SHELL)?$/);
      expect(service.image).toMatch(/:\d/);
    }
    for (const each of service.ports ?? []) expect(each).toMatch(/^127\.0\.0\.1:/);
    for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(services).toHaveProperty(needed);
      expect(condition).toBe('service_healthy');
    }
    for (const each of service.volumes ?? []) {
      const [from] = each.split(':') as [string];
      expect(from.startsWith('.') ? existsSync(join('docker', from)) : from in volumes).toBe(true);
    }
  });

  test('every database that a service names is made', () => {
    const made = readFileSync('docker/databases.sql', 'utf8');
    const urls = Object.values(services).flatMap(({ environment = {} }) => Object.values(environment));
    const databases = [
      ...urls,
      ...Object.values(loadConfig({ demo: true, stores: 'docker/compose.yml' }, {}).demoStores),
    ]
      .filter((url) => url.startsWith('postgres://'))
      .map((url) => new URL(url).pathname.slice(1));
    expect(databases.length).toBeGreaterThan(3);
    for (const name of new Set(databases))
      expect(
        name === services['postgres']!.environment!['POSTGRES_DB'] || made.includes(`create database ${name};`),
      ).toBe(true);
  });
});

test('docker/Dockerfile copies what is there, and runs as nobody of weight', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, from]) => from!.split(' '));
  expect(copied.length).toBeGreaterThan(5);
  for (const each of copied) expect(existsSync(each)).toBe(true);
  expect(dockerfile).toMatch(/^USER node$/m);
});
