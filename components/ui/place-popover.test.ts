// The placing rules: wanted side, flipping, staying inside, right-to-left.
import { describe, expect, it } from 'vitest';
import { popoverPosition } from './place-popover.ts';

const view = { width: 1000, height: 600 };
const size = { width: 200, height: 150 };

describe('popoverPosition', () => {
  it.each([
    ['below, start-aligned', { left: 100, top: 100, width: 40, height: 30 }, 'bottom-start', false, { left: 100, top: 134 }],
    ['below, end-aligned', { left: 500, top: 100, width: 40, height: 30 }, 'bottom-end', false, { left: 340, top: 134 }],
    ['flips above at the bottom edge', { left: 100, top: 550, width: 40, height: 30 }, 'bottom-start', false, { left: 100, top: 396 }],
    ['flips below at the top edge', { left: 100, top: 20, width: 40, height: 30 }, 'top-start', false, { left: 100, top: 54 }],
    ['stays inside at the right edge', { left: 960, top: 100, width: 40, height: 30 }, 'bottom-start', false, { left: 792, top: 134 }],
    ['stays inside at the left edge', { left: 0, top: 100, width: 40, height: 30 }, 'bottom-end', false, { left: 8, top: 134 }],
    ['start is the right side in RTL', { left: 500, top: 100, width: 40, height: 30 }, 'bottom-start', true, { left: 340, top: 134 }],
    ['centred', { left: 500, top: 300, width: 40, height: 30 }, 'top', false, { left: 420, top: 146 }],
  ] as const)('%s', (_name, anchor, placement, rtl, expected) => {
    expect(popoverPosition(anchor, size, view, placement, 4, rtl)).toEqual(expected);
  });

  it('keeps a box too tall for either side within the window', () => {
    const place = popoverPosition({ left: 10, top: 300, width: 10, height: 10 }, { width: 100, height: 580 }, view, 'bottom-start');
    expect(place.top).toBeGreaterThanOrEqual(8);
    expect(place.top + 580).toBeLessThanOrEqual(600);
  });
});
