import { describe, expect, test } from 'vitest';
import { rfc5322Date } from '../../server/mail/header.ts';
import { authservId, receivedField, stamp, stripForgedFields } from './trace-header.ts';

const strip = (text: string) => stripForgedFields(Buffer.from(text, 'latin1'), 'mail.eider.test').toString('latin1');

describe('forged fields', () => {
  test.each([
    ['our results', 'A: 1\r\nAuthentication-Results: mail.eider.test; spf=pass\r\nB: 2\r\n\r\nx', 'A: 1\r\nB: 2\r\n\r\nx'],
    ['our results, folded', 'Authentication-Results: mail.eider.test;\r\n\tspf=pass\r\nB: 2\r\n\r\nx', 'B: 2\r\n\r\nx'],
    ['in other letters', 'AUTHENTICATION-RESULTS:MAIL.Eider.test;spf=pass\r\n\r\nx', '\r\nx'],
    ['behind a comment', 'Authentication-Results: (hi) mail.eider.test 1; spf=pass\r\n\r\nx', '\r\nx'],
    ['quoted', 'Authentication-Results: "mail.eider.test"; spf=pass\r\n\r\nx', '\r\nx'],
    ['with a dot', 'Authentication-Results: mail.eider.test.; spf=pass\r\n\r\nx', '\r\nx'],
    ['space before the colon', 'Authentication-Results : mail.eider.test; spf=pass\r\n\r\nx', '\r\nx'],
    ['the name folded away', 'Authentication-Results:\r\n mail.eider.test; spf=pass\r\n\r\nx', '\r\nx'],
    ['behind a nested comment', 'Authentication-Results: (a (b) c) mail.eider.test; spf=pass\r\n\r\nx', '\r\nx'],
    ['behind a broken comment', 'Authentication-Results: (a mail.eider.test; spf=pass\r\n\r\nx', '\r\nx'],
    ['spam marks', 'X-Eider-Spam: no\r\nx-eider-scan: fine\r\nA: 1\r\n\r\nx', 'A: 1\r\n\r\nx'],
    ['delivery fields', 'Return-Path: <x@y>\r\nDelivered-To: z\r\nWD-Mail-Classification: not-junk\r\nA: 1\r\n\r\n', 'A: 1\r\n\r\n'],
    ['without a body', 'X-Eider-Spam: no', ''],
  ])('%s go', (_, before, after) => {
    expect(strip(before)).toBe(after);
  });

  test.each([
    ['results of others', 'Authentication-Results: mx.example.com; spf=pass\r\n\r\nx'],
    ['a name that only begins like ours', 'Authentication-Results: mail.eider.test.example; spf=pass\r\n\r\nx'],
    ['what stands in the body', 'A: 1\r\n\r\nX-Eider-Spam: no\r\n'],
    ['ARC and DKIM', 'ARC-Authentication-Results: i=1; mail.eider.test; spf=pass\r\nDKIM-Signature: v=1\r\n\r\n'],
    ['lines that are no fields', 'garbage\r\nA: 1\r\n\r\nx'],
  ])('%s stay', (_, text) => {
    expect(strip(text)).toBe(text);
  });
});

test.each([
  [' mx.example.com; none', 'mx.example.com'],
  ['mx.example.com', 'mx.example.com'],
  ['(a (nested) comment) mx.example.com 1; spf=pass', 'mx.example.com'],
  ['(a \\) b) mx.example.com;', 'mx.example.com'],
  ['(never closed mx.example.com;', null],
  ['', ''],
])('authserv-id of %j', (value, id) => {
  expect(authservId(value)).toBe(id);
});

describe('our own fields', () => {
  const envelope = { reversePath: 'a@b.test', clientAddress: '192.0.2.1', clientName: '[192.0.2.1]', helo: 'client (x)\r\n.example', protocol: 'ESMTPS' };

  test('Received cannot be broken out of', () => {
    const field = receivedField({
      envelope, serverName: 'mail.eider.test', queueId: 'in-1', tls: { version: 'TLSv1.3', cipher: 'X' }, recipient: 'alice@eider.test',
      at: new Date(Date.UTC(2026, 10, 22, 1, 2, 3)),
    });
    expect(field).toBe(
      'Received: from client??x???.example ([192.0.2.1])\r\n\t(using TLSv1.3 with cipher X)\r\n\tby mail.eider.test with ESMTPS id in-1\r\n'
        + '\tfor <alice@eider.test>;\r\n\tSun, 22 Nov 2026 01:02:03 +0000\r\n',
    );
  });

  test('a date in UTC', () => {
    expect(rfc5322Date(new Date(0))).toBe('Thu, 01 Jan 1970 00:00:00 +0000');
  });

  test.each([
    ['A: 1\r\n\r\nx', true],
    ['\r\nx', true],
    ['no field at all\r\n', false],
    ['', false],
  ])('stamp on %j', (message, joined) => {
    const text = stamp(Buffer.from(message), { mark: 'no', scan: 's', authentication: 'AR: x\r\n', received: 'R: y\r\n' }).toString();
    expect(text).toBe(`X-Eider-Spam: no\r\nX-Eider-Scan: s\r\nAR: x\r\nR: y\r\n${joined ? '' : '\r\n'}${message}`);
  });
});
