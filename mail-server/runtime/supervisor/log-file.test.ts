import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogFile, lastWords } from './log-file.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'eider-log-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('rotates by size, keeps three old files, and loses nothing in between', () => {
  const path = join(folder, 'x.log');
  const log = new LogFile(path, 10);
  for (const number of [1, 2, 3, 4, 5, 6]) log.write(Buffer.from(`line ${number}\n`));
  log.close();
  const texts = ['', '.1', '.2', '.3', '.4'].map((suffix) => (existsSync(path + suffix) ? readFileSync(path + suffix, 'utf8') : null));
  expect(texts).toEqual(['line 6\n', 'line 5\n', 'line 4\n', 'line 3\n', null]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('appends to what an earlier process wrote, and counts it', () => {
  const path = join(folder, 'x.log');
  const first = new LogFile(path, 10);
  first.write(Buffer.from('earlier\n'));
  first.close();
  const second = new LogFile(path, 10);
  second.write(Buffer.from('later\n'));
  second.close();
  expect([readFileSync(path, 'utf8'), readFileSync(`${path}.1`, 'utf8')]).toEqual(['later\n', 'earlier\n']);
});

describe('lastWords', () => {
  const crash = [
    'file:///x/main.ts:3',
    "throw new Error('no such table');",
    '      ^',
    '',
    'Error: no such table',
    '    at file:///x/main.ts:3:7',
    '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5) {',
    "  code: '42P01'",
    '}',
    '',
    'Node.js v24.21.0',
    '',
  ].join('\n');
  it.each([
    ['a crash of Node', crash, 'Error: no such table'],
    ['one clear line', 'inbound: EIDER_TLS_CERT: no file at /x\n', 'inbound: EIDER_TLS_CERT: no file at /x'],
    ['a JSON line', '{"level":"fatal","msg":"stopping failed","err":{"message":"socket hang up"}}\n', 'stopping failed: socket hang up'],
    ['colours and cursor escapes', '\x1b[31mError: port taken\x1b[0m\n\x1b[?25h', 'Error: port taken'],
    ['nothing of a fault', 'started\nworking\n', 'working'],
    ['nothing', '\n\n', ''],
  ])('%s', (_name, text, words) => {
    expect(lastWords(text)).toBe(words);
  });
});
