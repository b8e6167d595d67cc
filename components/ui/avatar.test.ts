// Initials from names as they come in mail, and the stability of colours.
import { describe, expect, it } from 'vitest';
import { AVATAR_HUES, avatarHue, initials } from './avatar.tsx';

describe('initials', () => {
  it.each([
    ['Ada Lovelace', 'ada@example.com', 'AL'],
    ['Ludwig van Beethoven', 'l@example.com', 'LB'],
    ['"Müller, Özge"', 'o@example.com', 'MÖ'],
    ['Prince', 'p@example.com', 'P'],
    ['', 'bob@example.com', 'B'],
    ['', '_9@example.com', '9'],
    ['', '', '?'],
    ['山田 太郎', 'y@example.jp', '山太'],
    ['GitHub (Bot)', 'noreply@example.com', 'GB'],
    ['👋 🎉', 'x@example.com', 'X'],
  ])('%s <%s> → %s', (name, address, expected) => {
    expect(initials(name, address)).toBe(expected);
  });
});

describe('avatarHue', () => {
  it('ignores case and surrounding space', () => {
    expect(avatarHue(' Ada@Example.com')).toBe(avatarHue('ada@example.com'));
  });
  it('stays within the palette and spreads', () => {
    const seen = new Set(Array.from({ length: 200 }, (_, n) => avatarHue(`user${n}@example.com`)));
    expect(seen.size).toBe(AVATAR_HUES);
  });
});
