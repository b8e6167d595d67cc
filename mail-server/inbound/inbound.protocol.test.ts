// The MX against everything behind it: sender checks, rspamd, storing, retries, a mail store that goes away.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signingKeysFor } from '../../server/domains/signing-keys.ts';
import { signMessage } from '../../server/mail/dkim/sign-message.ts';
import { startMailStack, type MailStack, type TestAccount } from '../testing/mail-stack.ts';
import { readMailbox } from '../testing/read-mailbox.ts';
import { sendMessage, type Sending } from '../testing/send-message.ts';

let stack: MailStack;
beforeAll(async () => {
  stack = await startMailStack({}, true);
});
afterAll(() => stack?.stop());

let count = 0;
/** An account that no other test sees. */
const someone = (): Promise<TestAccount> => stack.account(`user${++count}`);
const send = (sending: Omit<Sending, 'port' | 'from'> & { from?: string }) => sendMessage({ port: stack.ports.mx, from: 'someone@example.net', ...sending });

const HAM = (to: string, more = '') =>
  `From: Someone <someone@example.net>\r\nTo: ${to}\r\nSubject: Lunch on Friday?\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n${more}`
  + 'MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nShall we meet at noon?\r\n\r\nRegards\r\n';

/** The same without a Message-ID: WildDuck does not recognise it when it comes again. */
const withId = (to: string, id: string) => HAM(to, `Message-ID: <${id}@example.net>\r\n`);

describe('sender checks', () => {
  test('mail signed with our own keys passes before anything is published', async () => {
    const account = await someone();
    const raw = Buffer.from(withId(account.address, 'own').replaceAll('someone@example.net', 'alice@eider.test'));
    const signers = await signingKeysFor(stack.database.pool, stack.secretBox, 'eider.test');
    const signature = await signMessage(raw, signers, new Date());
    const reply = await send({ from: 'alice@eider.test', to: [account.address], message: Buffer.concat([Buffer.from(signature), raw]) });
    expect(reply).toMatchObject({ code: 250 });
    const text = (await readMailbox(stack, account))[0]!.source.toString();
    const results = /^Authentication-Results: mail\.eider\.test;((?:\r\n[ \t].*)*)/m.exec(text)![1]!;
    expect(results.match(/dkim=pass/g)).toHaveLength(2);
    expect(results).toMatch(/spf=pass/);
    expect(results).toMatch(/dmarc=pass/);
  });

  test('results under our name that came with the message are gone, others stay', async () => {
    const account = await someone();
    const forged = 'Authentication-Results: mail.eider.test; dmarc=pass header.from=bank.example\r\nX-Eider-Spam: no\r\nAuthentication-Results: mx.example.org; spf=pass\r\n';
    await send({ to: [account.address], message: forged + withId(account.address, 'forged') });
    const text = (await readMailbox(stack, account))[0]!.source.toString();
    expect(text).not.toMatch(/bank\.example/);
    expect(text.match(/^Authentication-Results:/gm)).toHaveLength(2);
    expect(text.match(/^X-Eider-Spam:/gm)).toHaveLength(1);
    expect(text).toMatch(/^Received: from client\.example\.net \(.*\[127\.0\.0\.1\]\)\r\n\tby mail\.eider\.test with ESMTP id in-/m);
    expect(text).toMatch(/^Return-Path: <someone@example\.net>\r$/m);
  });
});

describe('spam', () => {
  test('the test pattern for spam is refused', async () => {
    const account = await someone();
    const message = `${withId(account.address, 'gtube')}XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n`;
    expect(await send({ to: [account.address], message })).toEqual({ code: 550, text: '5.7.1 Message refused as spam' });
    expect(await readMailbox(stack, account)).toHaveLength(0);
  });

  test('what merely looks bad goes to Junk, the rest to the inbox', async () => {
    const account = await someone();
    const bad = 'From: "PayPal" <x@>\r\nSubject: \r\nReply-To: <>\r\nContent-Type: text/html\r\n\r\n<a href="http://192.0.2.7/">CLICK HERE</a> <img src="http://192.0.2.7/x.png">\r\n';
    expect(await send({ to: [account.address], message: bad })).toMatchObject({ code: 250 });
    expect(await send({ to: [account.address], message: withId(account.address, 'ham') })).toMatchObject({ code: 250 });
    const [junk] = await readMailbox(stack, account, 'Junk');
    expect(junk?.source.toString()).toMatch(/^X-Eider-Spam: yes\r$/m);
    const [ham] = await readMailbox(stack, account);
    expect(ham?.source.toString()).toMatch(/^X-Eider-Spam: no\r\nX-Eider-Scan: rspamd=no action score=[-\d.]+\/15; clamd=unscanned \(absent\)\r$/m);
  });
});

describe('retries', () => {
  test('after a partial failure nobody gets the message twice', async () => {
    const [first, second] = [await someone(), await someone()];
    const message = HAM(first.address);
    // Between RCPT and DATA the second account disappears: stored for one of two, so the reply is 451.
    const reply = await send({
      to: [first.address, second.address], message,
      beforeData: () => stack.wildduck.deleteUser(second.userId),
    });
    expect(reply).toEqual({ code: 451, text: '4.3.0 Not stored for 1 of 2 recipients, try again later' });
    expect(await readMailbox(stack, first)).toHaveLength(1);
    expect(await send({ to: [first.address], message })).toMatchObject({ code: 250 });
    expect(await readMailbox(stack, first)).toHaveLength(1);
  });

  test('a sender that has seen the reply may send the same bytes again', async () => {
    const account = await someone();
    const message = HAM(account.address);
    for (let round = 1; round <= 2; round++) {
      expect(await send({ to: [account.address], message })).toMatchObject({ code: 250 });
      expect(await readMailbox(stack, account)).toHaveLength(round);
    }
  });

  test('a sender that left before the reply and comes again delivers once', async () => {
    const account = await someone();
    const message = HAM(account.address);
    await send({ to: [account.address], message, abandon: true });
    await expect.poll(() => readMailbox(stack, account).then((list) => list.length), { timeout: 10_000 }).toBe(1);
    expect(await send({ to: [account.address], message })).toMatchObject({ code: 250 });
    expect(await readMailbox(stack, account)).toHaveLength(1);
  });
});

describe('what lies behind goes away', () => {
  test('without the mail store the sender is put off, with it the mail arrives', async () => {
    const account = await someone();
    await stack.kill('gateway');
    // The MX has a MongoDB front within itself: the other one's absence is nothing to it.
    expect(await send({ to: [account.address], message: withId(account.address, 'before') })).toMatchObject({ code: 250 });
    await stack.end('inbound');
    await stack.start('gateway');
    await stack.start('inbound', { EIDER_GATEWAY_IN_PROCESS: 'no' });
    await stack.kill('gateway');
    const away = await send({ to: [account.address], message: withId(account.address, 'outage') });
    expect(away.code).toBeGreaterThanOrEqual(400);
    expect(away.code).toBeLessThan(500);
    await stack.start('gateway');
    await expect.poll(async () => (await send({ to: [account.address], message: withId(account.address, 'outage') })).code, { timeout: 30_000 }).toBe(250);
    await expect.poll(() => readMailbox(stack, account).then((list) => list.length, () => -1), { timeout: 30_000 }).toBe(2);
    await stack.end('inbound');
    await stack.start('inbound');
  });

  test('without rspamd mail is marked as unscanned', async () => {
    const account = await someone();
    await stack.end('inbound');
    await stack.start('inbound', { RSPAMD_URL: 'http://127.0.0.1:1', CLAMD_URL: 'tcp://127.0.0.1:1' });
    expect(await send({ to: [account.address], message: withId(account.address, 'unscanned') })).toMatchObject({ code: 250 });
    const [message] = await readMailbox(stack, account);
    expect(message!.source.toString()).toMatch(/^X-Eider-Spam: unscanned\r\nX-Eider-Scan: rspamd=unscanned \(rspamd failed\); clamd=unscanned \(down\)\r$/m);
    await stack.end('inbound');
    await stack.start('inbound');
  });

  test('killed at once and started again, the MX takes mail and leaves no spool behind', async () => {
    const account = await someone();
    await stack.kill('inbound');
    await stack.start('inbound');
    expect(await send({ to: [account.address], message: withId(account.address, 'restart') })).toMatchObject({ code: 250 });
    expect(await readMailbox(stack, account)).toHaveLength(1);
  });
});
