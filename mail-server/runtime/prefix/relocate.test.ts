import { expect, it } from 'vitest';
import { parseLibraryList } from './relocate.ts';

it('tells libraries that were found from those that were not, and leaves the virtual ones out', () => {
  const text = [
    '\tlinux-vdso.so.1 (0x00007ffd1b5f2000)',
    '\tlibpq.so.5 => /cache/abc/usr/lib/x86_64-linux-gnu/libpq.so.5 (0x00007f1c2a000000)',
    '\tlibarmadillo.so.15 => not found',
    '\t/cache/abc/usr/lib64/ld-linux-x86-64.so.2 (0x00007f1c2b000000)',
    '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f1c29c00000)',
  ].join('\n');
  expect(parseLibraryList(text)).toEqual([
    { name: 'libpq.so.5', path: '/cache/abc/usr/lib/x86_64-linux-gnu/libpq.so.5' },
    { name: 'libarmadillo.so.15', path: null },
    { name: 'libc.so.6', path: '/lib/x86_64-linux-gnu/libc.so.6' },
  ]);
});
