import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SetupError } from '../setup-error.ts';
import { socketFolder } from './socket-folder.ts';

let folder: string;
let made: string | undefined;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'eider-sockets-'))));
afterEach(() => {
  rmSync(folder, { recursive: true });
  if (made) rmSync(made, { recursive: true, force: true });
  made = undefined;
});

it('is the wanted folder when sockets in it have short enough names', () => {
  const wanted = join(folder, 'run');
  expect(socketFolder(wanted)).toBe(wanted);
  expect(statSync(wanted).mode & 0o777).toBe(0o700);
});

it('is a private folder elsewhere, always the same, when they would be too long', () => {
  const wanted = join(folder, 'x'.repeat(100));
  made = socketFolder(wanted);
  expect(made.length).toBeLessThan(60);
  expect(statSync(made).mode & 0o777).toBe(0o700);
  expect(socketFolder(wanted)).toBe(made);
  expect(existsSync(wanted)).toBe(false);
});

it('refuses one that others can enter', () => {
  const wanted = join(folder, 'y'.repeat(100));
  made = socketFolder(wanted);
  rmSync(made, { recursive: true });
  mkdirSync(made);
  chmodSync(made, 0o755);
  expect(() => socketFolder(wanted)).toThrow(SetupError);
});
