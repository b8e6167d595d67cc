// What comes back about mail that went out, the whole way: our queue, another server, our MX, the events worker.
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enqueue, enqueueDeps } from '../../server/delivery/enqueue.ts';
import { startFakeMx, type FakeMx, type ReceivedMail } from '../../server/delivery/testing/fake-mx.ts';
import { findSuppressions } from '../../server/delivery/suppression/suppression.store.ts';
import { folderBlobStore } from '../../server/infra/blobs/blob-store.ts';
import { buildDsn } from '../../server/mail/dsn.ts';
import { readIntakeAddress } from '../../server/mail/feedback-address.ts';
import { startMailStack, type MailStack, type TestAccount } from './mail-stack.ts';
import { readMailbox } from './read-mailbox.ts';
import { sendMessage } from './send-message.ts';

let mx: FakeMx;
let stack: MailStack;
let tenantId: string;
beforeAll(async () => {
  mx = await startFakeMx();
  stack = await startMailStack({ EIDER_ROUTES: `*=127.0.0.1:${mx.port}` });
  await stack.start('delivery');
  await stack.start('events');
  tenantId = (await stack.database.pool.query<{ id: string }>('SELECT id FROM tenant')).rows[0]!.id;
});
afterAll(async () => {
  await stack?.stop();
  await mx?.close();
});

const send = (to: string) =>
  enqueue(enqueueDeps(stack.database.pool, folderBlobStore(`${stack.home}/blobs`)), {
    tenantId, accountId: null, source: 'api', lane: 'transactional', reversePath: 'news@eider.test', headerFrom: 'news@eider.test',
    messageIdHeader: '<1@eider.test>', recipients: [{ address: to }], content: Buffer.from(`From: news@eider.test\r\nTo: ${to}\r\nMessage-ID: <1@eider.test>\r\n\r\nx\r\n`),
  });
async function arrived(to: string): Promise<ReceivedMail> {
  await mx.waitFor((received) => received.some((mail) => mail.recipients.includes(to)));
  return mx.received.find((mail) => mail.recipients.includes(to))!;
}
async function sent(to: string): Promise<ReceivedMail> {
  expect(await send(to)).toMatchObject({ kind: 'accepted' });
  return arrived(to);
}
const bounceOf = (mail: ReceivedMail, recipient: string, original = mail.content): Buffer =>
  buildDsn({
    reportingMta: 'mx.remote.example', to: mail.reversePath, arrivedAt: new Date(0), envid: null, original, returnFull: false, now: new Date(0),
    recipients: [{
      recipient, orcpt: null, action: 'failed', status: '5.1.1', smtpReply: '550 5.1.1 No such user here', remoteMta: 'mailstore.remote.example',
      explanation: 'Nobody of that name.', lastAttemptAt: new Date(0),
    }],
  }).content;
const giveBack = (to: string, message: Buffer | string) => sendMessage({ port: stack.ports.mx, from: '', to: [to], message });
const events = async (recipient: string) =>
  (await stack.database.pool.query<{ type: string }>(`SELECT type FROM delivery_event WHERE recipient = $1 ORDER BY txid, id`, [recipient])).rows.map((row) => row.type);
const processed = (count: number) =>
  expect.poll(async () => (await stack.database.pool.query(`SELECT FROM feedback_report WHERE state = 'done'`)).rowCount, { timeout: 60_000 }).toBe(count);

describe('mail of a program', () => {
  test('taken over, then reported dead: event, suppression, and no second message', async () => {
    const mail = await sent('gone@remote.example');
    expect(readIntakeAddress(mail.reversePath)).toMatchObject({ role: 'bounce' });
    expect(mail.reversePath).toMatch(/@eider\.test$/);
    expect(mail.content.toString()).toMatch(/^DKIM-Signature: [^]*eider-token[^]*^Eider-Token: [a-z2-7]{47}\r$/m);
    const report = bounceOf(mail, 'gone@remote.example');
    expect(await giveBack(mail.reversePath.toUpperCase(), report)).toEqual({ code: 250, text: '2.0.0 Report taken' });
    await expect.poll(() => events('gone@remote.example'), { timeout: 60_000 }).toEqual(['delivered', 'bounced-later']);
    expect(await findSuppressions(stack.database.pool, 'gone@remote.example')).toMatchObject([{ tenantId, reason: 'bounce', source: 'dsn', detail: expect.stringContaining('No such user') }]);
    expect(await send('gone@remote.example')).toMatchObject({ kind: 'rejected', code: 'suppressed' });
    // The same bytes again, and the same news in other bytes: nothing happens twice.
    expect(await giveBack(mail.reversePath, report)).toMatchObject({ code: 250 });
    expect(await giveBack(mail.reversePath, Buffer.concat([Buffer.from('Received: from another by way\r\n'), report]))).toMatchObject({ code: 250 });
    await processed(2);
    expect(await events('gone@remote.example')).toEqual(['delivered', 'bounced-later', 'suppressed']);
  });

  test('a forged return path is refused, and so is one of another server', async () => {
    const mail = await sent('fine@remote.example');
    const [local, domain] = mail.reversePath.split('@') as [string, string];
    const forged = `${local.slice(0, 20)}${local[20] === 'a' ? 'b' : 'a'}${local.slice(21)}`;
    expect(await giveBack(`${forged}@${domain}`, bounceOf(mail, 'fine@remote.example'))).toEqual({ code: 550, text: '5.1.1 Not a return path of this server' });
    expect(await giveBack(`${local}@elsewhere.example`, 'Subject: x\r\n\r\nx\r\n')).toMatchObject({ code: 550 });
  });

  test("a true return path with another's message inside changes nothing", async () => {
    const [mine, theirs] = [await sent('mine@remote.example'), await sent('theirs@remote.example')];
    const before = (await stack.database.pool.query(`SELECT FROM feedback_report WHERE state = 'done'`)).rowCount!;
    await giveBack(mine.reversePath, bounceOf(mine, 'theirs@remote.example', theirs.content));
    await processed(before + 1);
    expect(await events('mine@remote.example')).toEqual(['delivered']);
    expect(await events('theirs@remote.example')).toEqual(['delivered']);
  });
});

describe('mail of a person', () => {
  let account: TestAccount;
  async function submit(to: string): Promise<ReceivedMail> {
    const transport = createTransport({ host: '127.0.0.1', port: stack.ports.submission, requireTLS: true, tls: { rejectUnauthorized: false }, auth: { user: account.address, pass: account.password } });
    await transport.sendMail({ from: account.address, to, subject: 'Lunch?', text: 'hello\n' });
    return arrived(to);
  }
  beforeAll(async () => {
    account = await stack.account('alice');
  });

  test('the report reaches the person, who is told at RCPT the next time', async () => {
    const mail = await submit('former@remote.example');
    await giveBack(mail.reversePath, bounceOf(mail, 'former@remote.example'));
    await expect.poll(() => readMailbox(stack, account).then((list) => list.length), { timeout: 60_000 }).toBe(1);
    expect((await readMailbox(stack, account))[0]!.source.toString()).toContain('550 5.1.1 No such user here');
    expect(await events('former@remote.example')).toEqual(['delivered', 'bounced-later']);
    await expect(submit('former@remote.example')).rejects.toThrow('550 5.7.1 the address is on the suppression list');
  });

  test('an automatic reply reaches the person, too, and is no bounce', async () => {
    const mail = await submit('away@remote.example');
    const reply = `From: away@remote.example\r\nTo: ${mail.reversePath}\r\nSubject: Auto: Lunch?\r\nAuto-Submitted: auto-replied\r\nMessage-ID: <r@remote.example>\r\n\r\nI am away until Monday.\r\n`;
    await giveBack(mail.reversePath, reply);
    await expect.poll(() => readMailbox(stack, account).then((list) => list.length), { timeout: 60_000 }).toBe(2);
    expect(await findSuppressions(stack.database.pool, 'away@remote.example')).toEqual([]);
  });

  test('one that claims to be written here does not', async () => {
    const mail = await submit('liar@remote.example');
    const before = (await stack.database.pool.query(`SELECT FROM feedback_report WHERE state = 'done'`)).rowCount!;
    await giveBack(mail.reversePath, `From: admin@eider.test\r\nSubject: Your password\r\nAuto-Submitted: auto-replied\r\n\r\nSend it to me.\r\n`);
    await processed(before + 1);
    const { rows } = await stack.database.pool.query('SELECT detail FROM feedback_report ORDER BY received_at DESC LIMIT 1');
    expect(rows[0].detail).toContain('not handed on: it claims to come from eider.test');
  });
});
