// Every key of the table is reached, nothing is claimed twice, sequences work, and typing is left alone.
import { describe, expect, it } from 'vitest';
import { SHORTCUTS, matchStroke, printedKeys, strokeName } from './keymap.ts';
import type { Stroke } from './keymap.ts';

const stroke = (key: string, change: Partial<Stroke> = {}): Stroke => ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...change });

function press(sequence: string, typing = false) {
  let typed = '';
  for (const part of sequence.split(' ')) {
    const names = part.split('+');
    const key = names.at(-1)!;
    const match = matchStroke(typed, stroke(key, { ctrlKey: names.includes('Mod'), shiftKey: names.includes('Shift') }), typing);
    if (match.kind === 'command') return match.shortcut.command;
    typed = match.kind === 'pending' ? match.typed : '';
  }
  return null;
}

const active = SHORTCUTS.filter((shortcut) => !shortcut.documentOnly);

describe('keymap', () => {
  it.each(active.flatMap((shortcut) => shortcut.keys.map((keys) => [keys, shortcut.command] as const)))('%s is %s', (keys, command) => {
    expect(press(keys)).toBe(command);
  });

  it('claims no key twice, and no key that starts a sequence', () => {
    const all = active.flatMap((shortcut) => shortcut.keys);
    expect(new Set(all).size).toBe(all.length);
    for (const keys of all) expect(all.filter((other) => other.startsWith(`${keys} `))).toEqual([]);
  });

  it('starts anew when a sequence goes nowhere', () => {
    expect(press('g j')).toBe('next');
    expect(press('g g i')).toBe('goInbox');
    expect(press('g q')).toBe(null);
  });

  it('leaves typing alone, except for the palette', () => {
    expect(press('e', true)).toBe(null);
    expect(press('Mod+k', true)).toBe('palette');
  });

  it('does not take the browser’s own keys', () => {
    expect(press('Mod+r')).toBe(null);
    expect(matchStroke('', stroke('e', { altKey: true }), false).kind).toBe('none');
  });

  it('tells letters by case, signs by themselves', () => {
    expect(strokeName(stroke('I', { shiftKey: true }))).toBe('Shift+I');
    expect(strokeName(stroke('#', { shiftKey: true }))).toBe('#');
    expect(strokeName(stroke('?'))).toBe('?');
    expect(strokeName(stroke('K', { ctrlKey: true }))).toBe('Mod+k');
  });

  it('prints keys', () => {
    expect(printedKeys('Mod+k', false)).toEqual(['Ctrl', 'K']);
    expect(printedKeys('Mod+k', true)).toEqual(['⌘', 'K']);
    expect(printedKeys('g i', false)).toEqual(['G', 'I']);
  });
});

describe('layouts without Latin letters', () => {
  const stroke = (key: string, code: string, more = {}) => ({ key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });
  it.each([
    ['Arabic', stroke('ث', 'KeyE'), 'e'],
    ['Arabic, with Shift', stroke('\u064f', 'KeyE', { shiftKey: true }), 'Shift+E'],
    ['Hebrew, with Ctrl', stroke('ל', 'KeyK', { ctrlKey: true }), 'Mod+k'],
    ['French: what the key says, not where it is', stroke('a', 'KeyQ'), 'a'],
    ['German umlauts stay', stroke('ö', 'Semicolon'), 'ö'],
  ])('%s', (_layout, pressed, name) => {
    expect(strokeName(pressed)).toBe(name);
  });
});
