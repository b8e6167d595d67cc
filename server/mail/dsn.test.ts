import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { buildDsn, type DsnInput, type DsnRecipient } from './dsn.ts';
import { bodyOffset } from './header.ts';
import { toSevenBit } from './seven-bit.ts';

const recipient: DsnRecipient = {
  recipient: 'bob@example.com',
  orcpt: 'rfc822;bob@example.com',
  action: 'failed',
  status: '5.1.1',
  smtpReply: '550 5.1.1 no such user',
  remoteMta: 'mx.example.com',
  explanation: 'The address does not exist.',
  lastAttemptAt: new Date('2026-11-22T10:00:00Z'),
  willRetryUntil: null,
};
const input: DsnInput = {
  reportingMta: 'mail.eider.test',
  to: 'alice@eider.test',
  arrivedAt: new Date('2026-11-22T09:59:00Z'),
  envid: 'QQ314159',
  recipients: [recipient],
  original: Buffer.from('From: alice@eider.test\r\nSubject: hello\r\n\r\nthe secret body\r\n'),
  returnFull: false,
  now: new Date('2026-11-22T10:00:01Z'),
};

/** The parts as another implementation reads them. */
async function read(content: Buffer) {
  const parsed = await PostalMime.parse(content, { forceRfc822Attachments: true });
  const types = [...content.toString('latin1').matchAll(/^Content-Type: ([\w/-]+)/gm)].map((match) => match[1]);
  return { parsed, types, text: content.toString('utf8') };
}

describe('buildDsn', () => {
  test('a failure: three parts, fields of RFC 3464, header of the original only', async () => {
    const dsn = buildDsn(input);
    const { parsed, types, text } = await read(dsn.content);
    expect(types).toEqual(['multipart/report', 'text/plain', 'message/delivery-status', 'text/rfc822-headers']);
    expect(parsed.subject).toBe('Your message could not be delivered');
    expect(parsed.to).toMatchObject([{ address: 'alice@eider.test' }]);
    expect(text).toContain('Auto-Submitted: auto-replied');
    expect(text).toContain(
      'Reporting-MTA: dns; mail.eider.test\r\nOriginal-Envelope-Id: QQ314159\r\nArrival-Date: Sun, 22 Nov 2026 09:59:00 +0000\r\n\r\n' +
        'Original-Recipient: rfc822;bob@example.com\r\nFinal-Recipient: rfc822; bob@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n' +
        'Remote-MTA: dns; mx.example.com\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\nLast-Attempt-Date: Sun, 22 Nov 2026 10:00:00 +0000\r\n',
    );
    expect(text).toContain('Subject: hello');
    expect(text).not.toContain('the secret body');
    expect(dsn.headerFrom).toBe('mailer-daemon@mail.eider.test');
  });

  test('RET=FULL returns the whole message, but not a huge one', async () => {
    const full = await read(buildDsn({ ...input, returnFull: true }).content);
    expect(full.types.at(-1)).toBe('message/rfc822');
    expect(full.text).toContain('the secret body');
    const huge = Buffer.concat([input.original, Buffer.alloc(200_000, 'x')]);
    expect((await read(buildDsn({ ...input, returnFull: true, original: huge }).content)).types.at(-1)).toBe('text/rfc822-headers');
  });

  test('UTF-8 addresses use the types of RFC 6533', async () => {
    const dsn = buildDsn({ ...input, recipients: [{ ...recipient, recipient: 'jürgen@example.com' }], returnFull: true });
    const { types, text } = await read(dsn.content);
    expect(types.slice(2)).toEqual(['message/global-delivery-status', 'message/global']);
    expect(text).toContain('Final-Recipient: utf-8; jürgen@example.com');
  });

  test.each([
    // The characters themselves in the global form, xtext decoded in the other.
    ['utf-8;j\\x{FC}rgen@example.com', 'message/global-delivery-status', 'Original-Recipient: utf-8;jürgen@example.com'],
    ['utf-8;x\\x{D800}\\x{110000}@example.com', 'message/global-delivery-status', 'Original-Recipient: utf-8;x\\x{D800}\\x{110000}@example.com'],
    ['rfc822;bob+2Bnews@example.com', 'message/delivery-status', 'Original-Recipient: rfc822;bob+news@example.com'],
    ['x', 'message/delivery-status', 'Original-Recipient: x'],
  ])('ORCPT %s', async (orcpt, type, field) => {
    const { types, text } = await read(buildDsn({ ...input, recipients: [{ ...recipient, orcpt }] }).content);
    expect(types[2]).toBe(type);
    expect(text).toContain(`${field}\r\n`);
  });

  test('the ASCII form stays ASCII, whatever a server said; a header in UTF-8 comes back as such', async () => {
    const original = Buffer.from('From: alice@eider.test\r\nSubject: Grüße\r\n\r\nhi\r\n');
    const { types, text } = await read(buildDsn({ ...input, original, recipients: [{ ...recipient, smtpReply: '550 5.1.1 gibt’s nicht' }] }).content);
    expect(types.slice(2)).toEqual(['message/delivery-status', 'message/global-headers']);
    expect(text).toContain('Diagnostic-Code: smtp; 550 5.1.1 gibt?s nicht\r\n');
  });

  test('for a server without 8BITMIME the UTF-8 form is encoded', () => {
    const dsn = buildDsn({ ...input, recipients: [{ ...recipient, recipient: 'jürgen@example.com' }] });
    const result = toSevenBit(dsn.content);
    expect(result.kind).toBe('converted');
    if (result.kind === 'converted') expect(result.content.toString('latin1')).toContain('Final-Recipient: utf-8; j=C3=BCrgen@example.com');
  });

  test('a delay tells until when it is tried, and no attempt that was not made', () => {
    const text = buildDsn({
      ...input,
      recipients: [{ ...recipient, action: 'delayed', status: '4.0.0', smtpReply: null, remoteMta: null, lastAttemptAt: null, willRetryUntil: new Date('2026-11-27T09:59:00Z') }],
    }).content.toString();
    expect(text).toContain('Status: 4.0.0\r\nWill-Retry-Until: Fri, 27 Nov 2026 09:59:00 +0000\r\n');
    expect(text).toContain('It is tried until Fri, 27 Nov 2026');
  });

  test('what a hostile server or sender wrote stays in its field', () => {
    const dsn = buildDsn({
      ...input,
      envid: 'x\r\nBcc: m@x.test',
      recipients: [{ ...recipient, smtpReply: `550 no\r\n\r\nFinal-Recipient: rfc822; other@x.test\r\n${'x'.repeat(5_000)}`, remoteMta: null }],
    });
    const text = dsn.content.toString();
    expect(text.match(/^Final-Recipient:/gm)).toHaveLength(1);
    expect(text).not.toMatch(/^Bcc:/m);
    for (const line of text.split('\r\n')) expect(line.length).toBeLessThan(998);
    expect(dsn.content.toString('latin1')).not.toMatch(/(?<!\r)\n|\r(?!\n)/);
    expect(bodyOffset(dsn.content)).toBeLessThan(1_000);
  });

  test('a delay and a relay say so', () => {
    for (const action of ['delayed', 'relayed'] as const) {
      const dsn = buildDsn({ ...input, recipients: [{ ...recipient, action, status: '4.4.1', smtpReply: null }] });
      expect(dsn.content.toString()).toContain(`Action: ${action}`);
      expect(dsn.subject).toContain(action);
    }
  });
});
