import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scratchFolder } from '../../src/compute/scratch.js';

test('what a killed process left goes, what a living one has stays', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'trainyard-scratch-'));
  try {
    const { pid: dead } = spawnSync(process.execPath, ['-e', '']);
    for (const name of [String(dead), String(process.ppid), 'other']) {
      mkdirSync(join(parent, name));
      writeFileSync(join(parent, name, 'left'), 'x');
    }
    const own = await scratchFolder(join(parent));
    expect(own).toBe(join(parent, String(process.pid)));
    expect(readdirSync(parent).sort()).toEqual([String(process.pid), String(process.ppid), 'other'].sort());
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
});
