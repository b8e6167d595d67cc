import { describe, expect, it } from 'vitest';
import { progress, stepLine } from './progress.ts';

/** What is on the screen in the end: each line as it was last drawn. */
function screen(isTTY: boolean) {
  let text = '';
  const out = { isTTY, write: (more: string) => (text += more) };
  const lines = () => text.split('\n').map((line) => line.split('\r\x1b[K').at(-1) ?? '');
  return { out, lines, raw: () => text };
}

const withoutTimes = (lines: string[]) => lines.map((line) => line.replace(/ +\d+\.\d s/, ' TIME'));

it('aligns names and times', () => {
  expect(stepLine('web', '', 3140)).toBe('  ✓ web                      3.1 s');
  expect(stepLine('web build', 'built anew', 61_000)).toBe('  ✓ web build               61.0 s  built anew');
});

describe('on a terminal', () => {
  it('shows what is under way, and only results in the end', async () => {
    const { out, lines } = screen(true);
    const show = progress(out);
    let finish = (): void => undefined;
    const slow = show.step('slow', () => new Promise<void>((resolve) => (finish = resolve)));
    await show.step('quick', async (detail) => {
      detail('half');
      expect(lines()).toEqual(['  … slow, quick: half']);
      detail('made');
    });
    expect(withoutTimes(lines())).toEqual(['  ✓ quick TIME  made', '  … slow']);
    show.say('  ! something died');
    finish();
    await slow;
    expect(withoutTimes(lines())).toEqual(['  ✓ quick TIME  made', '  ! something died', '  ✓ slow TIME', '']);
  });

  it('leaves no line behind when a step fails', async () => {
    const { out, lines } = screen(true);
    await expect(progress(out).step('bad', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(lines()).toEqual(['']);
  });
});

it('writes nothing but results elsewhere', async () => {
  const { out, raw } = screen(false);
  await progress(out).step('quiet', async (detail) => detail('done'));
  expect(raw()).toMatch(/^ {2}✓ quiet +0\.\d s {2}done\n$/);
});
