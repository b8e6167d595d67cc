import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockFile } from './file-lock.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eider-lock-'));
  path = join(folder, 'x.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('is held by one at a time, and free after release', async () => {
  const first = await lockFile(path, { wait: false });
  expect(first).not.toBeNull();
  expect(await lockFile(path, { wait: false })).toBeNull();
  await first?.release();
  const second = await lockFile(path, { wait: false });
  expect(second).not.toBeNull();
  await second?.release();
});

it('is waited for', async () => {
  const first = await lockFile(path, { wait: true });
  const order: string[] = [];
  const waiting = lockFile(path, { wait: true }).then((lock) => {
    order.push('second');
    return lock;
  });
  order.push('first');
  await first?.release();
  await (await waiting)?.release();
  expect(order).toEqual(['first', 'second']);
});

it('is free again when its holder is killed', async () => {
  const program = `import { lockFile } from ${JSON.stringify(new URL('./file-lock.ts', import.meta.url).href)};
    await lockFile(${JSON.stringify(path)}, { wait: false });
    console.log('held');
    setInterval(() => undefined, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  expect(await lockFile(path, { wait: false })).toBeNull();
  holder.kill('SIGKILL');
  const lock = await lockFile(path, { wait: true });
  expect(lock).not.toBeNull();
  await lock?.release();
});
