// Toggling, ranges both ways, and rows that disappear.
import { describe, expect, it } from 'vitest';
import { EMPTY_SELECTION, ranged, toggled, withoutMissing } from './selection.ts';

const rows = ['a', 'b', 'c', 'd', 'e'];
const ids = (selection: { ids: ReadonlySet<string> }) => [...selection.ids].sort().join('');

describe('selection', () => {
  it('toggles and moves the anchor', () => {
    const one = toggled(EMPTY_SELECTION, 'b');
    expect([ids(one), one.anchor]).toEqual(['b', 'b']);
    expect(ids(toggled(one, 'b'))).toBe('');
  });

  it.each([
    ['downwards', 'b', 'd', 'bcd'],
    ['upwards', 'd', 'a', 'abcd'],
    ['onto itself', 'c', 'c', 'c'],
  ])('selects a range %s', (_name, from, to, expected) => {
    expect(ids(ranged(toggled(EMPTY_SELECTION, from), to, rows))).toBe(expected);
  });

  it('unticks a range when the anchor was unticked', () => {
    let all = EMPTY_SELECTION;
    for (const row of rows) all = toggled(all, row);
    const anchored = toggled(all, 'b');
    expect(ids(ranged(anchored, 'd', rows))).toBe('ae');
  });

  it('toggles when the anchor has left the list', () => {
    expect(ids(ranged(toggled(EMPTY_SELECTION, 'gone'), 'c', rows))).toBe('cgone');
  });

  it('forgets rows that left, and keeps the object otherwise', () => {
    const two = toggled(toggled(EMPTY_SELECTION, 'a'), 'b');
    expect(ids(withoutMissing(two, ['b', 'c']))).toBe('b');
    expect(withoutMissing(two, rows)).toBe(two);
  });
});
