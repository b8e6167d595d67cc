import { describe, expect, test } from 'vitest';
import { readAuthentication } from './authentication-results.ts';
import { parseHeader } from './header-block.ts';

const read = (header: string) => readAuthentication(parseHeader(Buffer.from(header)), 'mail.eider.test');

describe('readAuthentication', () => {
  test('reads what our MX writes', () => {
    const found = read(
      'Authentication-Results: mail.eider.test;\r\n dkim=pass header.i=@example.com header.s=s1 header.b="ShUFrB3/";\r\n' +
        ' spf=softfail (mail.eider.test: not a permitted sender; really) smtp.mailfrom=bounce@news.example.com smtp.helo=mx;\r\n' +
        ' dmarc=pass (p=REJECT arc=none) header.from=example.com header.d=example.com\r\nSubject: x\r\n\r\n',
    );
    expect(found).toEqual({
      spf: { result: 'softfail', domain: 'news.example.com' },
      dkim: [{ result: 'pass', domain: 'example.com' }],
      dmarc: { result: 'pass', domain: 'example.com', policy: 'reject' },
      verdict: 'verified',
    });
  });

  test.each([
    ['somebody else wrote it', 'Authentication-Results: mx.evil.test; dmarc=pass header.from=bank.test'],
    ['our name is only in a comment', 'Authentication-Results: (mail.eider.test;) mx.evil.test; dmarc=pass'],
    ['our name is only the beginning', 'Authentication-Results: mail.eider.test.evil.test; dmarc=pass'],
    ['there is none', 'Subject: x'],
  ])('is not fooled: %s', (_name, header) => expect(read(`${header}\r\n\r\n`)).toBeNull());

  test.each([
    ['dmarc=fail header.from=x.test', 'failed'],
    ['spf=fail smtp.mailfrom=x.test; dkim=fail header.d=x.test', 'failed'],
    ['spf=fail smtp.mailfrom=x.test; dkim=pass header.d=x.test', 'unknown'],
    ['spf=none; dmarc=none', 'unknown'],
    ['none', 'unknown'],
    ['dmarc=nonsense header.from=x.test', 'unknown'],
  ])('%s → %s', (methods, verdict) => expect(read(`Authentication-Results: mail.eider.test; ${methods}\r\n\r\n`)?.verdict).toBe(verdict));
});
