import { expect, test } from 'vitest';
import { mapFolders } from './map-folders.ts';

const folder = (path: string, specialUse?: string, delimiter = '/', noSelect = false) => ({ path, delimiter, specialUse, noSelect });

test('each has its place; what is thrown away or a view stays behind unless asked for', () => {
  const mapped = mapFolders([
    folder('[Gmail]', undefined, '/', true), folder('[Gmail]/All Mail', '\\All'), folder('[Gmail]/Sent Mail', '\\Sent'), folder('[Gmail]/Starred', '\\Flagged'),
    folder('[Gmail]/Trash', '\\Trash'), folder('Clients/Acme'), folder('INBOX', '\\Inbox'),
  ]);
  expect(mapped.map(({ path, target, wanted }) => [path, target.kind === 'use' ? target.use : target.path, wanted])).toEqual([
    ['INBOX', 'inbox', true],
    ['[Gmail]/Sent Mail', 'sent', true],
    ['[Gmail]/Starred', 'Starred', false],
    ['[Gmail]/Trash', 'trash', false],
    ['Clients/Acme', 'Clients/Acme', true],
    ['[Gmail]/All Mail', 'archive', true],
  ]);
});

test.each([
  ['INBOX.Projects.2024', '.', 'Projects/2024'],
  ['Inbox', '.', 'inbox'],
  ['with/slash.below', '.', 'with-slash/below'],
  [' .. ', '.', 'Imported'],
  ['no delimiter', '', 'no delimiter'],
  ['Счета/2024', '/', 'Счета/2024'],
])('%s by "%s" becomes %s', (path, delimiter, expected) => {
  const [{ target }] = mapFolders([folder(path, undefined, delimiter)]) as [ReturnType<typeof mapFolders>[number]];
  expect(target.kind === 'use' ? target.use : target.path).toBe(expected);
});
