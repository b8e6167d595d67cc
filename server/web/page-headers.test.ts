// What every page's headers promise, directive by directive.
import { describe, expect, test } from 'vitest';
import { pageHeaders } from './page-headers.ts';

const directives = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(headers['content-security-policy']!.split('; ').map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]));

describe('headers of pages', () => {
  const served = pageHeaders({ nonce: 'n0nce', development: false, secure: true });

  test.each([
    ['default-src', "'none'"],
    ['require-trusted-types-for', "'script'"],
    ['trusted-types', 'default ProseMirrorClipboard'],
    ['script-src', "'nonce-n0nce' 'strict-dynamic'"],
    ['style-src', "'self' 'nonce-n0nce'"],
    ['connect-src', "'self'"],
    ['object-src', "'none'"],
    ['base-uri', "'none'"],
    ['form-action', "'self'"],
    ['frame-ancestors', "'none'"],
  ])('%s %s', (name, value) => expect(directives(served)[name]).toBe(value));

  test('nothing is evaluated, no script is inline, no other host is named', () => {
    const policy = served['content-security-policy']!;
    expect(policy).not.toMatch(/unsafe-eval|https?:|\*/);
    expect(directives(served)['script-src']).not.toContain('unsafe-inline');
  });

  test.each([
    ['x-content-type-options', 'nosniff'],
    ['x-frame-options', 'DENY'],
    ['referrer-policy', 'no-referrer'],
    ['cross-origin-opener-policy', 'same-origin'],
    ['cross-origin-resource-policy', 'same-origin'],
  ])('%s: %s', (name, value) => expect(served[name]).toBe(value));

  test('HTTPS is pinned where it is used, and only there', () => {
    expect(served['strict-transport-security']).toContain('max-age=31536000');
    expect(pageHeaders({ nonce: 'x', development: false, secure: false })['strict-transport-security']).toBeUndefined();
  });

  // Passkeys need no permission of their own; asking for the devices would be one too many.
  test('devices stay closed', () => expect(served['permissions-policy']).toMatch(/camera=\(\), microphone=\(\), geolocation=\(\)/));
});
