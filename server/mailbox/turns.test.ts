// Turns by key: never two at once for one key, none lost, none starved.
import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

function gated(): { turns: Turns; log: string[]; finish(key: string): Promise<void> } {
  const log: string[] = [];
  const gates = new Map<string, () => void>();
  const turns = new Turns(2, async (key) => {
    log.push(`begin ${key}`);
    await new Promise<void>((resolve) => gates.set(key, resolve));
    log.push(`end ${key}`);
  });
  return {
    turns, log,
    async finish(key) {
      gates.get(key)!();
      gates.delete(key);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test('as many at once as there are hands, in order of asking', async () => {
  const { turns, log, finish } = gated();
  for (const key of ['a', 'b', 'c', 'b', 'c']) turns.ask(key);
  expect(log).toEqual(['begin a', 'begin b']);
  await finish('a');
  expect(log.at(-1)).toBe('begin c');
});

test('asked for while it runs, a key gets one more turn, not two at once', async () => {
  const { turns, log, finish } = gated();
  turns.ask('a');
  turns.ask('a');
  turns.ask('a');
  expect(log).toEqual(['begin a']);
  await finish('a');
  expect(log).toEqual(['begin a', 'end a', 'begin a']);
  await finish('a');
  expect(log).toHaveLength(4);
});

test('a key that is asked for all the time does not keep others waiting', async () => {
  const { turns, log, finish } = gated();
  turns.ask('busy');
  turns.ask('other');
  turns.ask('third');
  turns.ask('busy');
  await finish('busy');
  expect(log).toContain('begin third');
});

test('stopping waits for what runs and drops what waits', async () => {
  const { turns, log, finish } = gated();
  for (const key of ['a', 'b', 'c']) turns.ask(key);
  const stopped = turns.stop();
  await finish('a');
  await finish('b');
  await stopped;
  turns.ask('d');
  expect(log.filter((line) => line.startsWith('begin'))).toEqual(['begin a', 'begin b']);
});
