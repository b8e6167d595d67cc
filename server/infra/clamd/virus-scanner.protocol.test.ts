// The dialogue with clamd, against one on a real socket that follows a script.
import { afterEach, describe, expect, test } from 'vitest';
import { scriptedClamd, type ScriptedClamd } from './testing/scripted-clamd.ts';
import { createVirusScanner } from './virus-scanner.ts';

let clamd: ScriptedClamd | undefined;
afterEach(async () => {
  await clamd?.close();
  clamd = undefined;
});

async function scan(content: Buffer | AsyncIterable<Buffer>, answer: Parameters<typeof scriptedClamd>[0], limitBytes?: number) {
  clamd = await scriptedClamd(answer, limitBytes);
  const failures: string[] = [];
  const scanner = createVirusScanner(clamd.url, (error) => failures.push(error.message));
  return { scanner, failures, outcome: await scanner.scan(content) };
}

async function* pieces(count: number, bytes: number): AsyncGenerator<Buffer> {
  for (let n = 0; n < count; n += 1) yield Buffer.alloc(bytes, n);
}

describe('a scan', () => {
  test.each([
    ['stream: OK', { kind: 'clean' }],
    ['stream: Eicar-Test-Signature FOUND', { kind: 'infected', name: 'Eicar-Test-Signature' }],
  ] as const)('%s', async (answer, expected) => {
    const { outcome, failures } = await scan(Buffer.from('content'), () => answer);
    expect(outcome).toEqual(expected);
    expect(failures).toEqual([]);
    expect(clamd!.contents.map(String)).toEqual(['content']);
  });

  test('brings every byte of a content that comes in pieces', async () => {
    const { outcome } = await scan(pieces(5, 700_000), () => 'stream: OK');
    expect(outcome).toEqual({ kind: 'clean' });
    expect(clamd!.contents[0]!.equals(Buffer.concat([0, 1, 2, 3, 4].map((n) => Buffer.alloc(700_000, n))))).toBe(true);
  });

  test('ends when clamd has had enough, and is no failure', async () => {
    let read = 0;
    const endless = async function* () {
      for (;;) yield (read += 1, Buffer.alloc(1_000_000));
    };
    const { outcome, failures } = await scan(endless(), () => 'stream: OK', 3_000_000);
    expect(outcome).toEqual({ kind: 'unscanned', reason: 'too large' });
    expect(failures).toEqual([]);
    expect(read).toBeLessThan(500);
  });

  test.each(['hangUp', 'COMMAND READ TIMED OUT'])('%s: unscanned, told once, and clamd is left alone for a while', async (answer) => {
    const { scanner, outcome, failures } = await scan(Buffer.from('x'), () => answer);
    expect(outcome).toEqual({ kind: 'unscanned', reason: 'down' });
    expect(await scanner.scan(Buffer.from('y'))).toEqual({ kind: 'unscanned', reason: 'down' });
    expect(failures).toHaveLength(1);
    expect(clamd!.contents).toHaveLength(1);
  });

  test('a content that cannot be read to its end is unscanned, not clean', async () => {
    const broken = async function* () {
      yield Buffer.from('x');
      throw new Error('no blob');
    };
    const { outcome } = await scan(broken(), () => 'stream: OK');
    expect(outcome).toEqual({ kind: 'unscanned', reason: 'down' });
  });
});
