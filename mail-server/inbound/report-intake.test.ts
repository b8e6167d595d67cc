import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import type { NewReport } from '../../server/delivery/feedback/intake.store.ts';
import { newQueueId } from '../../server/delivery/queue-id.ts';
import { bounceAddress } from '../../server/mail/feedback-address.ts';
import { makeToken } from '../../server/mail/feedback-token.ts';
import { ReplyError } from '../smtp/reply-error.ts';
import { createReportIntake, type IntakeRecipient } from './report-intake.ts';

const key = { id: 1, secret: Buffer.alloc(32, 1) };
const stored: NewReport[] = [];
let full = false;
beforeEach(() => {
  stored.length = 0;
  full = false;
});
const intake = () =>
  createReportIntake({
    hostname: 'mail.eider.test', isHosted: (domain) => Promise.resolve(domain === 'eider.test'), keys: () => [key],
    insert: (report) => Promise.resolve(stored.push(report) > 0), isBacklogAbove: () => Promise.resolve(full), log: pino({ level: 'silent' }),
  });
const DAY_MS = 86_400_000;
const path = (domain: string, ageMs = 0, by = key) => bounceAddress(makeToken(by, 'return-path', { queueId: newQueueId(Date.now() - ageMs), recipientNo: 0 }), domain);

describe('addresses', () => {
  test.each<[string, string, object]>([
    ['a return path', path('eider.test'), { kind: 'intake', recipient: { role: 'bounce' }, mailboxToo: false }],
    ["at the installation's name", path('MAIL.eider.test').toUpperCase(), { kind: 'intake', recipient: { role: 'bounce' } }],
    ['expired', path('eider.test', 15 * DAY_MS), { kind: 'refused', reply: { code: 550, text: expect.stringContaining('5.1.6') } }],
    ["of another's key", path('eider.test', 0, { id: 1, secret: Buffer.alloc(32, 2) }), { kind: 'refused', reply: { code: 550, text: expect.stringContaining('5.1.1') } }],
    ['of a domain that is not ours', path('elsewhere.example'), { kind: 'ordinary' }],
    ['complaints', 'fbl@eider.test', { kind: 'intake', recipient: { role: 'complaint' }, mailboxToo: true }],
    ['a complaint desk of persons', 'Abuse@eider.test', { kind: 'intake', recipient: { role: 'complaint', complaintsOnly: true }, mailboxToo: true }],
    ['DMARC', 'dmarc@eider.test', { kind: 'intake', recipient: { role: 'dmarc' }, mailboxToo: true }],
    ['TLS', 'tls-reports@mail.eider.test', { kind: 'intake', recipient: { role: 'tls' } }],
    ['a person', 'alice@eider.test', { kind: 'ordinary' }],
    ['DMARC elsewhere', 'dmarc@elsewhere.example', { kind: 'ordinary' }],
  ])('%s', async (_name, address, expected) => expect(await intake().check(address, '192.0.2.1')).toMatchObject(expected));
});

describe('storing', () => {
  const envelope = { reversePath: '', clientAddress: '192.0.2.1', clientName: '', helo: 'x', protocol: 'ESMTP' };
  const content = (text: string, bytes = text.length) => ({ bytes, read: () => Promise.resolve(Buffer.from(text)), discard: () => Promise.resolve() });
  const COMPLAINT = 'Content-Type: multipart/report; boundary=b;\r\n report-type="feedback-report"\r\n\r\nx\r\n';
  const desk: IntakeRecipient = { address: 'abuse@eider.test', role: 'complaint', complaintsOnly: true };
  const dmarc: IntakeRecipient = { address: 'dmarc@eider.test', role: 'dmarc' };

  test('for each address, as it came', async () => {
    await intake().store([dmarc, { address: 'fbl@eider.test', role: 'complaint' }], envelope, content('Subject: x\r\n\r\ny'));
    expect(stored.map(({ intake: role, recipient, content: raw }) => [role, recipient, raw.toString()])).toEqual([
      ['dmarc', 'dmarc@eider.test', 'Subject: x\r\n\r\ny'], ['complaint', 'fbl@eider.test', 'Subject: x\r\n\r\ny'],
    ]);
  });

  test.each([['a complaint by its form', COMPLAINT, 1], ['what a person wrote', 'Subject: spam from you\r\n\r\nreport-type=feedback-report\r\n', 0]])('at a complaint desk: %s', async (_name, text, count) => {
    await intake().store([desk], envelope, content(text));
    expect(stored).toHaveLength(count);
  });

  test('too large is refused, but for a person', async () => {
    const large = content(COMPLAINT, 11 * 1024 * 1024);
    await expect(intake().store([dmarc], envelope, large)).rejects.toThrow(ReplyError);
    await intake().store([desk], envelope, large);
    expect(stored).toEqual([]);
  });

  test('put off while too many wait', async () => {
    full = true;
    await expect(intake().store([dmarc], envelope, content('x'))).rejects.toMatchObject({ responseCode: 452 });
    expect(stored).toEqual([]);
  });
});
