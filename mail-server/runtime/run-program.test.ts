import { describe, expect, it } from 'vitest';
import { lastLines, runProgram, tryProgram } from './run-program.ts';

describe('runProgram', () => {
  it('gives what was printed, having fed the input', async () => {
    expect(await runProgram('tr', ['a-z', 'A-Z'], { input: 'eider' })).toBe('EIDER');
  });

  it('fails with the last lines of the error output', async () => {
    await expect(runProgram('sh', ['-c', 'echo one >&2; echo two >&2; exit 3'])).rejects.toThrow('sh -c failed: one | two');
  });

  it('says that a program is missing', async () => {
    await expect(runProgram('no-such-program', [])).rejects.toThrow('no-such-program is not installed');
  });

  it('kills what takes too long', async () => {
    await expect(runProgram('sleep', ['60'], { timeoutMs: 50 })).rejects.toThrow('sleep gave no result within 0.05 s');
  });
});

it('tells a signal from an exit code', async () => {
  expect(await tryProgram('sh', ['-c', 'kill -TERM $$'])).toEqual({ code: 1, stdout: '', stderr: '\nended by SIGTERM' });
  expect(await tryProgram('sh', ['-c', 'exit 7'])).toEqual({ code: 7, stdout: '', stderr: '' });
});

it.each([
  ['', 'no output'],
  ['a\n\n  b  \n', 'a | b'],
  ['1\n2\n3\n4', '2 | 3 | 4'],
])('last lines of %j', (text, line) => {
  expect(lastLines(text)).toBe(line);
});
