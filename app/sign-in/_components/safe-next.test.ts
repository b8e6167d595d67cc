// No way out of the site through the address bar.
import { describe, expect, it } from 'vitest';
import { safeNext } from './safe-next.ts';

describe('safeNext', () => {
  it.each(['/mail/inbox', '/mail/sent/c1?show=unread', '/search?q=a%20b', '/settings/privacy'])('allows %s', (next) => expect(safeNext(next)).toBe(next));
  it.each([null, '', 'https://evil.example', '//evil.example', '/\\evil.example', '/api/session', 'javascript:alert(1)', '/mailto'])('refuses %s', (next) => expect(safeNext(next)).toBe('/mail/inbox'));
});
