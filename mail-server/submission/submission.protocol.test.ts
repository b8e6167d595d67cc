// Submission against everything behind it: passwords of all kinds, the queue's rows, the copy in Sent.
import { createTransport, type SendMailOptions } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMailStack, type MailStack, type TestAccount } from '../testing/mail-stack.ts';
import { readMailbox, withImap } from '../testing/read-mailbox.ts';

let stack: MailStack;
beforeAll(async () => {
  stack = await startMailStack();
});
afterAll(() => stack?.stop());

let count = 0;
const someone = (): Promise<TestAccount> => stack.account(`user${++count}`);

/** Sends as mail programs do: nodemailer over STARTTLS. Resolves with the last reply, rejects with the refusal. */
async function submit(account: TestAccount, mail: SendMailOptions, password = account.password): Promise<string> {
  const transport = createTransport({
    host: '127.0.0.1', port: stack.ports.submission, requireTLS: true, tls: { rejectUnauthorized: false },
    auth: { user: account.address, pass: password },
  });
  const sent = await transport.sendMail({ from: account.address, to: 'friend@example.net', subject: 'hello', text: 'hello\n', ...mail });
  return sent.response;
}

const queueId = (response: string) => /Queued as ([0-9a-f-]{36})/.exec(response)![1]!;

describe('the queue', () => {
  test('gets envelope, options and content', async () => {
    const account = await someone();
    const response = await submit(account, {
      to: 'Friend <friend@example.net>, other@example.org', bcc: 'hidden@example.com', subject: 'Grüße',
      dsn: { id: 'a+b', return: 'headers', notify: ['success', 'delay'], recipient: 'friend+tag@example.net' },
    });
    const { rows: [message] } = await stack.database.pool.query(
      `SELECT outgoing_message.*, account.address FROM outgoing_message JOIN account ON account.id = account_id WHERE queue_id = $1`,
      [queueId(response)],
    );
    expect(message).toMatchObject({
      address: account.address, source: 'submission', lane: 'transactional', reverse_path: account.address, header_from: account.address,
      dsn_ret: 'HDRS', dsn_envid: 'a+2Bb',
    });
    const { rows } = await stack.database.pool.query(
      'SELECT recipient, notify, orcpt FROM delivery WHERE queue_id = $1 ORDER BY recipient', [queueId(response)],
    );
    expect(rows.map((row: { recipient: string }) => row.recipient)).toEqual(['friend@example.net', 'hidden@example.com', 'other@example.org']);
    expect(rows[0]).toMatchObject({ notify: 'SUCCESS,DELAY', orcpt: 'rfc822;friend+2Btag@example.net' });
    const content = (message as { content: Buffer }).content.toString();
    expect(content).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(content).not.toMatch(/hidden@example\.com/);
  });

  test('REQUIRETLS is offered within TLS, and goes into the queue with the message (RFC 8689)', async () => {
    const account = await someone();
    const required = async (response: string) =>
      (await stack.database.pool.query<{ required: boolean }>('SELECT require_tls AS required FROM outgoing_message WHERE queue_id = $1', [queueId(response)])).rows[0]!.required;
    const asking: SendMailOptions & { requireTLSExtensionEnabled: boolean } = { requireTLSExtensionEnabled: true };
    expect(await required(await submit(account, asking))).toBe(true);
    expect(await required(await submit(account, {}))).toBe(false);
  });

  test('takes a repeated message once, and one without a Message-ID each time', async () => {
    const account = await someone();
    const again = { messageId: '<again-1@client.example>', date: new Date(0) };
    const ids = [await submit(account, again), await submit(account, again)].map(queueId);
    expect(ids[0]).toBe(ids[1]);
    const raw = { envelope: { from: account.address, to: ['friend@example.net'] }, raw: `From: ${account.address}\r\n\r\nalarm\r\n` };
    const alarms = [await submit(account, raw), await submit(account, raw)].map(queueId);
    expect(alarms[0]).not.toBe(alarms[1]);
    expect(await readMailbox(stack, account, 'Sent Mail')).toHaveLength(3);
  });
});

describe('who may send', () => {
  test('an alias counts, also with a plus-tag', async () => {
    const account = await someone();
    await stack.wildduck.createAddress(account.userId, { address: 'sales@eider.test' });
    await expect(submit(account, { from: '"Sales" <sales+web@eider.test>' })).resolves.toMatch(/^250/);
    await expect(submit(account, { from: 'purchase@eider.test', envelope: { from: account.address, to: ['friend@example.net'] } })).rejects.toThrow('550 5.7.1 From:');
  });

  test('an app password for sending works, one for reading does not', async () => {
    const account = await someone();
    const sending = await stack.wildduck.createAppPassword(account.userId, { description: 'phone', scopes: ['smtp'] });
    const reading = await stack.wildduck.createAppPassword(account.userId, { description: 'reader', scopes: ['imap'] });
    await expect(submit(account, {}, sending.password)).resolves.toMatch(/^250/);
    await expect(submit(account, {}, reading.password)).rejects.toThrow('535 5.7.8');
  });

  test('a closed account cannot', async () => {
    const account = await someone();
    await stack.database.pool.query(`UPDATE account SET status = 'disabled' WHERE address = $1`, [account.address]);
    await expect(submit(account, {})).rejects.toThrow('535 5.7.8 User name or password is wrong');
  });

  test('guessing ends', async () => {
    const account = await someone();
    for (let guess = 1; guess <= 10; guess++) await expect(submit(account, {}, `guess ${guess}`)).rejects.toThrow('535');
    await expect(submit(account, {}, account.password)).rejects.toThrow('421 4.7.0 Too many failed sign-ins');
    const other = await someone();
    await expect(submit(other, {})).resolves.toMatch(/^250/);
  });
});

describe('the copy in Sent', () => {
  test('is complete, read, and knows its Bcc', async () => {
    const account = await someone();
    await submit(account, { raw: undefined, bcc: 'hidden@example.com', headers: { Bcc: 'hidden@example.com' } });
    await withImap(stack, account, async (client) => {
      const lock = await client.getMailboxLock('Sent Mail');
      try {
        const message = await client.fetchOne('1', { flags: true, source: true });
        if (!message) throw new Error('no copy');
        expect([...message.flags!]).toContain('\\Seen');
        expect(message.source!.toString()).toMatch(/^Message-ID: </im);
        expect(message.source!.toString()).not.toMatch(/127\.0\.0\.1/);
      } finally {
        lock.release();
      }
    });
  });

  test('makes way for the copy that the mail program keeps itself', async () => {
    const account = await someone();
    const messageId = '<kept-1@client.example>';
    const date = new Date(Date.UTC(2026, 10, 20));
    await submit(account, { messageId, date });
    const own = `From: ${account.address}\r\nMessage-ID: ${messageId}\r\nDate: ${date.toUTCString()}\r\nX-Own: yes\r\n\r\nhello\r\n`;
    await withImap(stack, account, (client) => client.append('Sent Mail', own, ['\\Seen']));
    await expect.poll(() => readMailbox(stack, account, 'Sent Mail').then((list) => list.length), { timeout: 40_000, interval: 500 }).toBe(1);
    const [left] = await readMailbox(stack, account, 'Sent Mail');
    expect(left!.source.toString()).toMatch(/^X-Own: yes/m);
  });
});
