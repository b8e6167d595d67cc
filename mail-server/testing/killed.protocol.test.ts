// Processes killed in the middle of the work: whatever got its 250 is there afterwards.
import { MongoClient, ObjectId } from 'mongodb';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMailStack, type MailStack, type Role } from './mail-stack.ts';
import { sendMessage } from './send-message.ts';

const SENDERS = 4;
const EACH = 25;

let stack: MailStack;
let mongo: MongoClient;
beforeAll(async () => {
  stack = await startMailStack();
  mongo = await new MongoClient(stack.env['MONGO_URL']!, { maxPoolSize: 2, serverSelectionTimeoutMS: 60_000 }).connect();
});
afterAll(async () => {
  await mongo?.close();
  await stack?.stop();
});

/**
 * Runs senders side by side and calls `disturb` once a quarter of the messages is accepted.
 * @param send resolves with true when the message got its 250
 * @returns the Message-IDs that were accepted
 */
async function underFire(send: (id: string) => Promise<boolean>, disturb: () => Promise<void>): Promise<string[]> {
  const accepted: string[] = [];
  let disturbed: Promise<void> | undefined;
  await Promise.all(
    Array.from({ length: SENDERS }, async (_, sender) => {
      for (let number = 0; number < EACH; number++) {
        const id = `<${sender}-${number}-${Date.now()}@fire.example.net>`;
        // A refused or broken attempt is not repeated: only what was promised counts.
        if (await send(id).catch(() => false)) accepted.push(id);
        if (accepted.length >= (SENDERS * EACH) / 4) disturbed ??= disturb();
      }
    }),
  );
  await disturbed;
  return accepted;
}

describe('the MX', () => {
  test.each<Role>(['inbound', 'gateway'])('%s killed: every accepted message is in the mailbox', { timeout: 180_000 }, async (role) => {
    const account = await stack.account(`fire-${role}`);
    const send = async (id: string) => {
      const message = `From: a@example.net\r\nTo: ${account.address}\r\nSubject: fire\r\nMessage-ID: ${id}\r\nDate: ${new Date().toUTCString()}\r\n\r\nhello\r\n`;
      return (await sendMessage({ port: stack.ports.mx, from: 'a@example.net', to: [account.address], message })).code === 250;
    };
    const accepted = await underFire(send, async () => {
      await stack.kill(role);
      await stack.start(role);
    });
    expect(accepted.length).toBeGreaterThanOrEqual((SENDERS * EACH) / 4);
    await expect.poll(async () => (await send(`<after-${role}@fire.example.net>`).catch(() => false)), { timeout: 60_000 }).toBe(true);
    const rows = await mongo.db().collection('messages').find({ user: new ObjectId(account.userId) }, { projection: { msgid: 1 } }).toArray();
    const stored = rows.map((row) => row['msgid'] as string);
    expect(accepted.filter((id) => !stored.includes(id))).toEqual([]);
    expect(new Set(stored).size).toBe(stored.length);
  });
});

describe('submission', () => {
  test('killed: every accepted message is in the queue', { timeout: 180_000 }, async () => {
    const account = await stack.account('fire-submission');
    const send = async (messageId: string) => {
      const transport = createTransport({
        host: '127.0.0.1', port: stack.ports.submission, requireTLS: true, tls: { rejectUnauthorized: false },
        auth: { user: account.address, pass: account.password }, connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 20_000,
      });
      const sent = await transport.sendMail({ from: account.address, to: 'friend@example.net', subject: 'fire', text: 'hello', messageId });
      return sent.response.startsWith('250');
    };
    const accepted = await underFire(send, async () => {
      await stack.kill('submission');
      await stack.start('submission');
    });
    expect(accepted.length).toBeGreaterThanOrEqual((SENDERS * EACH) / 4);
    const { rows } = await stack.database.pool.query<{ message_id_header: string }>('SELECT message_id_header FROM outgoing_message');
    const queued = rows.map((row) => row.message_id_header);
    expect(accepted.filter((id) => !queued.includes(id))).toEqual([]);
  });
});
