// WildDuck as Eider runs it: which doors are open, to whom, and what is already there for a new account.
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startMailStack, type MailStack, type TestAccount } from '../testing/mail-stack.ts';
import { withImap } from '../testing/read-mailbox.ts';
import type { SearchObject } from 'imapflow';
import { leftOutOf, wantedIndexes } from './index-list.ts';

let stack: MailStack;
let account: TestAccount;
beforeAll(async () => {
  stack = await startMailStack();
  account = await stack.account('reader');
});
afterAll(() => stack?.stop());

const api = (path: string, headers: Record<string, string> = {}) => fetch(new URL(path, stack.env['WILDDUCK_API_URL']), { headers });

/** Sends lines one after another, each once the one before is answered, and returns everything said. */
function converse(port: number, lines: string[], tls = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = tls ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }) : connect(port, '127.0.0.1');
    const left = [...lines];
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (!text.endsWith('\r\n')) return;
      const line = left.shift();
      if (line === undefined) socket.end();
      else socket.write(`${line}\r\n`);
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

describe('the API', () => {
  test('wants the token', async () => {
    expect((await api('/users')).status).toBe(403);
    expect((await api('/users', { 'X-Access-Token': 'f'.repeat(40) })).status).toBe(403);
    expect((await api('/users?accessToken=wrong')).status).toBe(403);
    const token = readFileSync(stack.env['WILDDUCK_API_TOKEN_FILE']!, 'utf8').trim();
    expect((await api('/users', { 'X-Access-Token': token })).status).toBe(200);
  });

  test('is for no web page', async () => {
    const reply = await api('/users', { Origin: 'https://evil.example' });
    expect(reply.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('keeps its settings to itself', () => {
    expect(statSync(join(stack.home, 'wildduck', 'wildduck.json')).mode & 0o777).toBe(0o600);
  });
});

describe('IMAP and POP3', () => {
  test('no password in clear text', async () => {
    const text = await converse(stack.ports.imap, [`a LOGIN ${account.address} ${account.password}`]);
    expect(text).toMatch(/^a (?:NO|BAD) /m);
    expect(text).not.toMatch(/^a OK/m);
  });

  test('POP3 over TLS', async () => {
    const text = await converse(stack.ports.pop3s, [`USER ${account.address}`, `PASS ${account.password}`, 'QUIT'], true);
    expect(text.match(/^\+OK/gm)).toHaveLength(4);
  });

  test('the special folders are there and subscribed', async () => {
    const folders = await withImap(stack, account, (client) => client.list());
    expect(folders.map((folder) => folder.specialUse).filter(Boolean).sort()).toEqual(['\\Drafts', '\\Inbox', '\\Junk', '\\Sent', '\\Trash']);
    expect(folders.every((folder) => folder.subscribed)).toBe(true);
  });

  test('words are found in the text, however long it is, and in the header', async () => {
    const found = await withImap(stack, account, async (client) => {
      await client.append('INBOX', 'From: a@b.test\r\nSubject: x\r\n\r\nThe heron stands in the reeds.\r\n', ['\\Seen']);
      await client.append('INBOX', `From: a@b.test\r\nSubject: Kingfisher\r\n\r\n${'Nothing here. '.repeat(200)}\r\nA bittern.\r\n`);
      const lock = await client.getMailboxLock('INBOX');
      try {
        const of = (query: SearchObject) => client.search(query);
        return [
          await of({ body: 'Heron' }), await of({ body: 'bittern' }), await of({ text: 'kingfish' }),
          await of({ body: 'nothing', seen: true }), await of({ body: 'heron', seen: true }), await of({ text: 'noth (such) word' }),
        ];
      } finally {
        lock.release();
      }
    });
    expect(found).toEqual([[1], [2], [2], [], [1], []]);
  });
});

test('has the indexes of our list, and WildDuck adds none', async () => {
  const client = await MongoClient.connect(stack.env['MONGO_URL']!);
  try {
    const leftOut = leftOutOf({ ownFront: true });
    for (const collection of Object.keys(leftOut)) {
      const present = await client.db().collection(collection).listIndexes().toArray();
      const wanted = wantedIndexes(leftOut).filter((one) => one.collection === collection).map(({ index }) => [index.name, index.key]);
      expect(Object.fromEntries(present.map(({ name, key }) => [String(name), key])), collection).toEqual(Object.fromEntries([['_id_', { _id: 1 }], ...wanted]));
    }
  } finally {
    await client.close();
  }
});

test('killed, it takes WildDuck along, and the next start is a new one', async () => {
  const running = () => {
    const { child } = JSON.parse(readFileSync(join(stack.home, 'wildduck.log'), 'utf8').trim().split('\n').filter((line) => line.includes('WildDuck answers')).at(-1)!) as { child: number };
    return child;
  };
  const before = running();
  await stack.kill('wildduck');
  await stack.start('wildduck');
  // Its log is written a little after it says that it is ready.
  const after = await vi.waitFor(() => {
    const found = running();
    expect(found).not.toBe(before);
    return found;
  }, 10_000);
  expect(existsSync(`/proc/${before}`)).toBe(false);
  expect(existsSync(`/proc/${after}`)).toBe(true);
  expect((await stack.wildduck.getUser(account.userId))?.address).toBe(account.address);
});
