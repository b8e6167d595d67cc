// Mail that WildDuck makes itself, from the message that causes it to our queue, with the real servers.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { authenticate } from 'mailauth';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicRecordsFor } from '../../server/domains/public-records.ts';
import { parseHeaderFields } from '../../server/mail/header.ts';
import { srsReverse } from '../../server/mail/srs.ts';
import { startMailStack, type MailStack, type TestAccount } from '../testing/mail-stack.ts';
import { sendMessage } from '../testing/send-message.ts';
import { OUTBOUND } from '../wildduck/settings.ts';

interface Queued {
  queue_id: string;
  source: string;
  reverse_path: string;
  header_from: string;
  content: Buffer;
  recipients: string[];
}

let stack: MailStack;
let mongo: MongoClient;
beforeAll(async () => {
  stack = await startMailStack();
  mongo = await new MongoClient(stack.env['MONGO_URL']!, { maxPoolSize: 2 }).connect();
});
afterAll(async () => {
  await mongo?.close();
  await stack?.stop();
});

async function wildduck(method: string, path: string, body: object): Promise<void> {
  const token = readFileSync(stack.env['WILDDUCK_API_TOKEN_FILE']!, 'utf8').trim();
  const response = await fetch(`${stack.env['WILDDUCK_API_URL']!}${path}`, { method, headers: { 'x-access-token': token, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
}

const queued = async (subject: string): Promise<Queued[]> =>
  (
    await stack.database.pool.query<Queued>(
      `SELECT m.queue_id, m.source, m.reverse_path, m.header_from, m.content,
              (SELECT array_agg(d.recipient) FROM delivery d WHERE d.queue_id = m.queue_id) AS recipients
         FROM outgoing_message m WHERE m.subject = $1 ORDER BY m.queue_id`,
      [subject],
    )
  ).rows;

async function waitForQueued(subject: string): Promise<Queued[]> {
  for (;;) {
    const found = await queued(subject);
    if (found.length > 0) return found;
    await sleep(100);
  }
}

const entries = () => mongo.db().collection(OUTBOUND.collection);
async function untilTaken(): Promise<void> {
  while ((await entries().countDocuments({})) > 0) await sleep(100);
}

function send(to: TestAccount, subject: string, from = 'writer@origin.example', more = ''): Promise<{ code: number }> {
  const message = `From: Writer <writer@origin.example>\r\nTo: ${to.address}\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@origin.example>\r\nDate: ${new Date().toUTCString()}\r\n${more}\r\nhello\r\n.dotted\r\n`;
  return sendMessage({ port: stack.ports.mx, from, to: [to.address], message });
}

describe('a forward', () => {
  test('leaves through our queue once, its sender rewritten, what our MX found sealed', async () => {
    const account = await stack.account('forwards');
    await wildduck('PUT', `/users/${account.userId}`, { targets: ['elsewhere@target.example', 'second@target.example'] });
    expect((await send(account, 'to-be-forwarded')).code).toBe(250);
    await waitForQueued('to-be-forwarded');
    await untilTaken();
    const found = await queued('to-be-forwarded');
    expect(found.flatMap(({ recipients }) => recipients).sort()).toEqual(['elsewhere@target.example', 'second@target.example']);
    for (const one of found) {
      expect(one).toMatchObject({ source: 'forward', header_from: 'writer@origin.example' });
      expect(one.reverse_path).toMatch(/^SRS0=.*=origin\.example=writer@eider\.test$/);
      expect(srsReverse(stack.secretBox.derive('srs'), one.reverse_path.split('@')[0]!, Date.now())).toEqual({ kind: 'valid', address: 'writer@origin.example' });
      expect(one.content.toString()).toMatch(/\r\n\r\nhello\r\n\.dotted\r\n$/);
      expect(one.content.toString('latin1').match(/[^\r]\n/)).toBeNull();
    }
    const names = parseHeaderFields(found[0]!.content).map(({ name }) => name.toLowerCase());
    expect(names.slice(0, 3)).toEqual(['arc-seal', 'arc-message-signature', 'arc-authentication-results']);
    expect(await arcResult(found[0]!.content)).toBe('pass');
  });

  test('comes back to the one who wrote it when it bounces, and to nobody else', async () => {
    const account = await stack.account('bounces');
    await wildduck('PUT', `/users/${account.userId}`, { targets: ['gone@target.example'] });
    await send(account, 'will-bounce');
    const [{ reverse_path: path } = { reverse_path: '' }] = await waitForQueued('will-bounce');
    const bounce = (from: string, to: string) =>
      sendMessage({ port: stack.ports.mx, from, to: [to], message: `From: mailer-daemon@target.example\r\nSubject: it-bounced\r\nMessage-ID: <b@target.example>\r\n\r\nno such user\r\n` });
    expect(await bounce('', path)).toMatchObject({ code: 250 });
    // The same bytes again, as by a sender that lost our reply.
    expect(await bounce('', path.toLowerCase())).toMatchObject({ code: 250 });
    expect(await queued('it-bounced')).toMatchObject([{ reverse_path: '', header_from: 'mailer-daemon@mail.eider.test', recipients: ['writer@origin.example'] }]);
    expect(await bounce('someone@target.example', path)).toMatchObject({ code: 550 });
    expect(await bounce('', path.replace('writer', 'victim'))).toMatchObject({ code: 550 });
    expect(await bounce('', path.replace('SRS0=', 'SRS1='))).toMatchObject({ code: 550 });
    expect(await queued('it-bounced')).toHaveLength(1);
  });

  test('taken twice by a process that died in between is in the queue once', async () => {
    const account = await stack.account('twice');
    await wildduck('PUT', `/users/${account.userId}`, { targets: ['once@target.example'] });
    await stack.end('submission');
    await send(account, 'taken-twice');
    const [entry] = await waitForEntry('once@target.example');
    await stack.start('submission');
    await waitForQueued('taken-twice');
    await untilTaken();
    // As after a crash between the commit and the removal.
    await entries().insertOne(entry!);
    await untilTaken();
    expect(await queued('taken-twice')).toHaveLength(1);
  });

  test('of a message without a sender keeps the null path; of a vacation notice likewise', async () => {
    const account = await stack.account('nullpath');
    await wildduck('PUT', `/users/${account.userId}`, { targets: ['null@target.example'] });
    await send(account, 'a-report', '');
    expect((await waitForQueued('a-report'))[0]).toMatchObject({ reverse_path: '', recipients: ['null@target.example'] });
  });

  test('for an account that may not send waits, and goes when it may', async () => {
    const account = await stack.account('paused');
    await wildduck('PUT', `/users/${account.userId}`, { targets: ['later@target.example'] });
    await stack.database.pool.query(`UPDATE account SET status = 'disabled' WHERE address = $1`, [account.address]);
    await send(account, 'waits');
    const [entry] = await waitForEntry('later@target.example', { queued: { $gt: new Date(Date.now() + 60_000) } });
    expect(await queued('waits')).toEqual([]);
    await stack.database.pool.query(`UPDATE account SET status = 'active' WHERE address = $1`, [account.address]);
    await entries().updateOne({ _id: entry!._id }, { $set: { queued: new Date() } });
    expect(await waitForQueued('waits')).toHaveLength(1);
  });

  test('to a web address is refused and holds up nothing', async () => {
    const account = await stack.account('web');
    await wildduck('PUT', `/users/${account.userId}`, { targets: ['http://127.0.0.1:9/hook', 'beside@target.example'] });
    await send(account, 'to-the-web');
    expect((await waitForQueued('to-the-web')).flatMap(({ recipients }) => recipients)).toEqual(['beside@target.example']);
    await untilTaken();
  });
});

test('an automatic reply goes out signed by the account’s own domain, with the null path', async () => {
  const account = await stack.account('away');
  await wildduck('PUT', `/users/${account.userId}/autoreply`, { status: true, subject: 'Away', text: 'I am away.' });
  await send(account, 'are-you-there');
  const [reply] = await waitForQueued('Auto: Away');
  expect(reply).toMatchObject({ reverse_path: '', header_from: account.address, recipients: ['writer@origin.example'] });
  expect(parseHeaderFields(reply!.content).find(({ name }) => name.toLowerCase() === 'auto-submitted')?.value.trim()).toBe('auto-replied');
});

async function waitForEntry(recipient: string, more: object = {}) {
  for (;;) {
    const found = await entries().find({ recipient, ...more }).toArray();
    if (found.length > 0) return found;
    await sleep(100);
  }
}

/** What the next server finds: our seal checked with the key that our domain publishes. */
async function arcResult(content: Buffer): Promise<string> {
  const records = await publicRecordsFor(stack.database.pool, 'eider.test', 'mail.eider.test');
  const result = await authenticate(content, {
    ip: '127.0.0.1', helo: 'mail.eider.test', sender: 'x@eider.test', mta: 'next.example', disableBimi: true,
    resolver: async (name, type) => {
      const found = records.filter((record) => record.name === name && record.type === type).map(({ value }) => [value]);
      if (found.length === 0) throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
      return found;
    },
  });
  return String(result.arc && result.arc.status.result);
}
