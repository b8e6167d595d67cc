// The cookie's value both ways, and what broken cookies become.
import { describe, expect, it } from 'vitest';
import { DEFAULT_LOOK, lookValue, parseLook } from './preferences.ts';
import type { Look } from './preferences.ts';

const looks: Look[] = [DEFAULT_LOOK, { theme: 'dark', density: 'compact', readingPane: 'none' }, { theme: 'light', density: 'comfortable', readingPane: 'none' }];

describe('look cookie', () => {
  it.each(looks)('survives writing and reading: %o', (look) => {
    expect(parseLook(lookValue(look))).toEqual(look);
  });
  it.each([undefined, '', 'purple', '<script>.x.y', '..'])('falls back from %s', (value) => {
    expect(parseLook(value)).toEqual(DEFAULT_LOOK);
  });
});
