// Every SMTP dialogue in dialogues/, played against the real servers, and what became of the mail.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MongoClient, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMailStack, type MailStack, type TestAccount } from './mail-stack.ts';
import { playDialogue } from './smtp-dialogue.ts';

const FOLDER = fileURLToPath(new URL('./dialogues/', import.meta.url));
const NAMES = readdirSync(FOLDER).filter((name) => name.endsWith('.txt')).sort();

let stack: MailStack;
let mongo: MongoClient;
const accounts: Record<string, TestAccount> = {};

beforeAll(async () => {
  stack = await startMailStack();
  mongo = await new MongoClient(stack.env['MONGO_URL']!, { maxPoolSize: 2 }).connect();
  for (const name of ['alice', 'bob']) accounts[name] = await stack.account(name);
  accounts['admin'] = await stack.account('admin', { role: 'admin' });
  accounts['small'] = await stack.account('small', { quotaBytes: 1_000_000 });
});

afterAll(async () => {
  await mongo?.close();
  await stack?.stop();
});

describe('dialogues', () => {
  test.each(NAMES)('%s', async (name) => {
    const text = readFileSync(`${FOLDER}${name}`, 'utf8');
    const kind = name.split('-')[0] as 'mx' | 'submission' | 'submissions';
    const before = { stored: await storedCounts(), queued: await queuedCount() };
    await playDialogue(text, { port: stack.ports[kind], tls: kind === 'submissions' }, variables());
    const after = { stored: await storedCounts(), queued: await queuedCount() };
    const stored = /^# stored:(.*)$/m.exec(text)?.[1] ?? '';
    for (const [, account, count] of stored.matchAll(/(\w+)=(\d+)/g)) {
      expect(after.stored[account!]! - before.stored[account!]!, `messages stored for ${account}`).toBe(Number(count));
    }
    const queued = /^# queued: (\d+)$/m.exec(text);
    if (queued) expect(after.queued - before.queued, 'messages queued').toBe(Number(queued[1]));
  });
});

async function storedCounts(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [name, account] of Object.entries(accounts)) {
    counts[name] = await mongo.db().collection('messages').countDocuments({ user: new ObjectId(account.userId) });
  }
  return counts;
}

async function queuedCount(): Promise<number> {
  const { rows } = await stack.database.pool.query<{ count: number }>('SELECT count(*) FROM outgoing_message');
  return rows[0]!.count;
}

function variables(): Record<string, string> {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const alice = accounts['alice']!;
  return {
    alicePlain: base64(`\0${alice.address}\0${alice.password}`),
    aliceWrong: base64(`\0${alice.address}\0not-this-one`),
    nobodyPlain: base64('\0nobody@eider.test\0whatever'),
    aliceUser64: base64(alice.address),
    alicePassword64: base64(alice.password),
  };
}
