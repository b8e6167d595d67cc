// Mail brought from files and from another account, and taken out again, beside the real mail store: once each, with
// flags and dates, whoever is killed in between.
import { fork, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { connect } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMailStack, type MailStack, type TestAccount } from '../../../mail-server/testing/mail-stack.ts';
import { withImap } from '../../../mail-server/testing/read-mailbox.ts';
import { systemClock } from '../../infra/clock/clock.ts';
import { logger } from '../../infra/log/logger.ts';
import { openWildduckStore, type WildduckStore } from '../../infra/wildduck/store.ts';
import { contentHash } from '../../mail/mbox/message-facts.ts';
import { readMbox } from '../../mail/mbox/read-mbox.ts';
import { takeStatusHeaders } from '../../mail/mbox/status-headers.ts';
import { Indexer } from '../../mailbox/indexer.ts';
import { listFolders } from '../../mailbox/folder.store.ts';
import { createDispatch } from '../api/dispatch.ts';
import { handlers } from '../api/handlers.ts';
import type { ImapFolder, Transfer } from '../contract/transfers.ts';
import { createServices, type Services } from '../services.ts';
import { json } from '../testing/answer.ts';
import { apiRequest } from '../testing/test-services.ts';

let stack: MailStack;
let store: WildduckStore;
let indexer: Indexer;
let services: Services;
const children: ChildProcess[] = [];
let users = 0;

interface User extends TestAccount {
  accountId: string;
  call(method: string, path: string, body?: unknown): Promise<Response>;
}

beforeAll(async () => {
  stack = await startMailStack({ EIDER_IMPORT_NETWORKS: '127.0.0.0/8' });
  store = await openWildduckStore(stack.env['MONGO_URL']!);
  const log = logger('transfers-test');
  log.level = 'silent';
  indexer = new Indexer({ pool: stack.database.pool, store, clock: systemClock, log });
  indexer.start();
  services = createServices({ ...stack.env, NODE_ENV: 'test' });
  services.log.level = 'silent';
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await indexer?.stop();
  await store?.close();
  if (services) {
    await services.changes.close();
    await services.sanitiser.close();
    await services.flags.close();
    await services.mailStore.close();
    services.redis.disconnect();
    await services.pool.end();
  }
  await stack?.stop();
});

async function newUser(): Promise<User> {
  const account = await stack.account(`mover${++users}`);
  const { rows } = await stack.database.pool.query<{ id: string; tenantId: string }>('SELECT id, tenant_id AS "tenantId" FROM account WHERE wildduck_user_id = $1', [account.userId]);
  const { token } = await services.sessions.start(rows[0]!, { ip: '127.0.0.1', userAgent: 'test', remember: false });
  const csrf = services.sessions.csrfToken((await services.sessions.find(token))!);
  const dispatch = createDispatch(services, handlers);
  return { ...account, accountId: rows[0]!.id, call: (method, path, body) => dispatch(apiRequest(method, path, body, { cookie: `eider=${token}`, 'x-csrf-token': csrf, origin: services.config.publicUrl })) };
}

const message = (n: number, more = '') => `Message-ID: <m${n}@x.example>\nDate: Mon, 02 Feb 2026 00:00:${String(n % 60).padStart(2, '0')} +0000\nFrom: a@x.example\nSubject: Message ${n}\n${more}\nBody ${n}\n`;
const entry = (text: string, status = 'RO') => `From a@x.example Tue Feb  3 00:00:00 2026\nStatus: ${status}\n${text}\n`;

async function ended(user: User, id: string): Promise<Transfer> {
  for (;;) {
    const transfer = await json<Transfer>(user.call('GET', `/api/transfers/${id}`));
    if (transfer.state !== 'running' && transfer.state !== 'preparing') return transfer;
    await sleep(100);
  }
}

async function importMbox(user: User, ...files: string[]): Promise<Transfer> {
  const { id } = await json<Transfer>(user.call('POST', '/api/transfers/files', {}));
  for (const [index, file] of files.entries()) await json(user.call('POST', `/api/transfers/${id}/files?index=${index}&filename=f${index}.mbox`, Buffer.from(file, 'latin1')));
  await json(user.call('POST', `/api/transfers/${id}/begin`));
  return ended(user, id);
}

/** Everything that a folder holds, by subject. */
const contents = (user: TestAccount, folder = 'INBOX') =>
  withImap(stack, user, async (client) => {
    const lock = await client.getMailboxLock(folder);
    try {
      const found = await client.fetchAll('1:*', { uid: true, flags: true, internalDate: true, envelope: true, source: true });
      return found.map(({ flags, internalDate, envelope, source }) => ({ subject: envelope?.subject ?? '', flags: [...(flags ?? [])].filter((flag) => flag !== '\\Recent').sort(), date: new Date(internalDate!).toISOString(), hash: contentHash(source!) }));
    } finally {
      lock.release();
    }
  });

/** The index knows as many messages of the folder. */
async function indexed(user: User, folder: string, count: number): Promise<string> {
  for (;;) {
    const found = (await listFolders(stack.database.pool, user.accountId)).find(({ path }) => path === folder);
    if (found?.messages === count) return found.id;
    await sleep(100);
  }
}

describe('files', () => {
  test('come in once, with flags and dates; what is no message is told; a second time nothing comes', async () => {
    const user = await newUser();
    const nameless = 'Date: Mon, 02 Feb 2026 00:00:00 +0000\nSubject: Nameless\n\nx\n';
    const file = [
      entry(message(1)), entry(message(2), 'O'), `From a@x Tue Feb  3 00:00:00 2026\nX-Mozilla-Status: 0007\nX-Mozilla-Keys: $label1\n${message(3)}\n`,
      entry(message(1)), entry(message(1, 'X-Other: same id, other content\n')), entry(nameless), 'From a@x Tue Feb  3 00:00:00 2026\nno head at all\n\n',
      `From a@x Tue Feb  3 00:00:00 2026\nX-Mozilla-Status: 0009\n${message(4)}\n`,
    ].join('');
    expect(await importMbox(user, file, message(9))).toMatchObject({ state: 'done', done: 8, skipped: 1, failed: 1, problem: null });
    const inbox = await contents(user);
    expect(inbox.map(({ subject, flags, date }) => [subject, flags.join(' '), date]).sort()).toEqual([
      ['Message 1', '\\Seen', '2026-02-02T00:00:01.000Z'],
      ['Message 1', '\\Seen', '2026-02-02T00:00:01.000Z'],
      ['Message 2', '', '2026-02-02T00:00:02.000Z'],
      ['Message 3', '$label1 \\Answered \\Flagged \\Seen', '2026-02-02T00:00:03.000Z'],
      ['Message 9', '\\Seen', '2026-02-02T00:00:09.000Z'],
      ['Nameless', '\\Seen', '2026-02-02T00:00:00.000Z'],
    ]);
    await indexed(user, 'INBOX', 6);
    expect(await importMbox(user, file)).toMatchObject({ state: 'done', done: 7, skipped: 6, failed: 1 });
    expect(await contents(user)).toHaveLength(6);
  });

  test('go out as mbox and come back in another account as they were', async () => {
    const user = await newUser();
    await importMbox(user, entry(message(1)) + entry(message(2, 'X: y\n'), 'O') + entry('Message-ID: <q@x>\nSubject: Quoted\n\n>From here\n>>From there\n'));
    const folderId = await indexed(user, 'INBOX', 3);
    const made = await json<Transfer>(user.call('POST', '/api/transfers/exports', { format: 'mbox', folderId }));
    expect(made).toMatchObject({ state: 'preparing', total: 3 });
    const served = await user.call('GET', `/api/transfers/${made.id}/file`);
    expect(served.headers.get('content-disposition')).toContain('INBOX.mbox');
    const file = Buffer.from(await served.arrayBuffer());
    expect(await ended(user, made.id)).toMatchObject({ state: 'done', done: 3 });
    const hashes = [];
    for await (const { raw } of readMbox([file] as unknown as AsyncIterable<Buffer>, 0, 1e6)) hashes.push(contentHash(takeStatusHeaders(raw!).raw));
    const before = await contents(user);
    expect(hashes.sort()).toEqual(before.map(({ hash }) => hash).sort());
    const other = await newUser();
    expect(await importMbox(other, file.toString('latin1'))).toMatchObject({ state: 'done', done: 3, skipped: 0 });
    expect(await contents(other)).toEqual(before);
    const zip = await json<Transfer>(user.call('POST', '/api/transfers/exports', { format: 'eml' }));
    const archive = Buffer.from(await (await user.call('GET', `/api/transfers/${zip.id}/file`)).arrayBuffer()).toString('latin1');
    expect([archive.slice(0, 2), archive.includes('INBOX/2026-02-02 Message 1')]).toEqual(['PK', true]);
  });
});

describe('another account', () => {
  const server = () => ({ host: '127.0.0.1', port: (open.address() as AddressInfo).port, security: 'none', user: source.address, password: source.password });
  let source: User;
  /** The mail store takes passwords over TLS only, with a certificate that nobody vouches for: this takes the TLS off. */
  let open: Server;
  /** Of every account here. */
  let sent: string;
  const COUNT = 120;

  beforeAll(async () => {
    source = await newUser();
    open = createServer((socket) => {
      const inner = connect({ host: '127.0.0.1', port: stack.ports.imaps, rejectUnauthorized: false });
      for (const [from, to] of [[socket, inner], [inner, socket]] as const) from.on('error', () => to.destroy()).pipe(to);
    });
    await new Promise<void>((resolve) => open.listen(0, '127.0.0.1', resolve));
    await withImap(stack, source, async (client) => {
      sent = (await client.list()).find(({ specialUse }) => specialUse === '\\Sent')!.path;
      await client.mailboxCreate('Clients/Acme');
      for (let n = 0; n < COUNT; n += 1) await client.append('INBOX', message(n).replaceAll('\n', '\r\n'), n % 3 === 0 ? [] : ['\\Seen', ...(n % 4 === 0 ? ['\\Flagged', '\\Answered', '$label2'] : [])], new Date(Date.UTC(2025, 0, 1, 0, 0, n)));
      await client.append('Clients/Acme', message(500).replaceAll('\n', '\r\n'), ['\\Seen'], new Date(Date.UTC(2024, 5, 1)));
      await client.append(sent, message(501).replaceAll('\n', '\r\n'), ['\\Seen'], new Date(Date.UTC(2024, 5, 2)));
      await client.append(sent, message(1).replaceAll('\n', '\r\n'), ['\\Seen'], new Date(Date.UTC(2024, 5, 2)));
    });
  });

  afterAll(() => open.close());

  const worker = async () => {
    const child = fork(fileURLToPath(new URL('testing/import-process.ts', import.meta.url)), { env: { ...stack.env, NODE_ENV: 'test', LOG_LEVEL: 'silent' } as NodeJS.ProcessEnv, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    children.push(child);
    await new Promise((resolve) => child.once('message', resolve));
    return child;
  };

  async function begin(user: User): Promise<Transfer> {
    const { items } = await json<{ items: ImapFolder[] }>(user.call('POST', '/api/transfers/imap/folders', server()));
    expect(items.find(({ path }) => path === 'INBOX')).toEqual({ path: 'INBOX', messages: COUNT, target: { kind: 'use', use: 'inbox' }, wanted: true });
    const folders = items.filter(({ wanted }) => wanted).map(({ path }) => path);
    return json<Transfer>(user.call('POST', '/api/transfers/imap', { server: server(), folders }));
  }

  const sorted = <T extends { hash: string }>(all: T[]) => all.sort((a, b) => a.hash.localeCompare(b.hash));

  test('comes with folders, flags and dates; whoever is killed; a second time nothing comes', async () => {
    const user = await newUser();
    // This process's own worker must not take it: it waits its turn behind an account that is held.
    const made = await begin(user);
    await stack.database.pool.query(`UPDATE mail_transfer SET lease_owner = gen_random_uuid() WHERE id = $1`, [made.id]);
    // Each kill costs the time that a lease takes to run out: cut short, the upload that was under way could end after the look.
    for (let kill = 0; kill < 1; kill += 1) {
      const before = (await json<Transfer>(user.call('GET', `/api/transfers/${made.id}`))).done;
      const child = await worker();
      for (;;) {
        const now = await json<Transfer>(user.call('GET', `/api/transfers/${made.id}`));
        if (now.state !== 'running' || now.done > before) break;
        await sleep(5);
      }
      child.kill('SIGKILL');
    }
    await stack.kill('wildduck');
    const last = await worker();
    await sleep(1_000);
    await stack.start('wildduck');
    const done = await ended(user, made.id);
    last.kill('SIGKILL');
    expect(done).toMatchObject({ state: 'done', total: COUNT + 3, done: COUNT + 3, skipped: 1, failed: 0 });
    expect(sorted(await contents(user))).toEqual(sorted(await contents(source)));
    expect((await contents(user, 'Clients/Acme')).map(({ subject, date }) => [subject, date])).toEqual([['Message 500', '2024-06-01T00:00:00.000Z']]);
    expect((await contents(user, sent)).map(({ subject }) => subject)).toEqual(['Message 501']);
    const { rows } = await stack.database.pool.query('SELECT secret FROM mail_transfer WHERE id = $1', [made.id]);
    expect(rows).toEqual([{ secret: null }]);
    await indexed(user, 'INBOX', COUNT);
    const again = await begin(user);
    expect(await ended(user, again.id)).toMatchObject({ state: 'done', done: COUNT + 3, skipped: COUNT + 3 });
    expect(await contents(user)).toHaveLength(COUNT);
  });

  test('stops when told to', async () => {
    const user = await newUser();
    const { id } = await begin(user);
    expect(await json<Transfer>(user.call('POST', `/api/transfers/${id}/cancel`))).toMatchObject({ state: 'cancelled' });
    await sleep(1_500);
    const { done } = await json<Transfer>(user.call('GET', `/api/transfers/${id}`));
    await sleep(500);
    expect((await json<Transfer>(user.call('GET', `/api/transfers/${id}`))).done).toBe(done);
    expect(done).toBeLessThan(COUNT);
  });

  test.each([
    ['a wrong password', { password: 'wrong' }, 'password'],
    ['a certificate of somebody else', { security: 'starttls', port: 0 }, 'host'],
    ['nobody there', { port: 9 }, 'host'],
    ['a private address that is not allowed', { host: '10.0.0.1' }, 'host'],
  ])('%s is told', async (_name, wrong, field) => {
    const user = await newUser();
    const answer = await json<{ error: { fields: { field: string }[] } }>(user.call('POST', '/api/transfers/imap/folders', { ...server(), ...wrong, ...('security' in wrong && { port: stack.ports.imap }) }), 400);
    expect(answer.error.fields[0]!.field).toBe(field);
  });

  test('nothing on this machine is asked unless the operator allows it', async () => {
    const user = await newUser();
    const allowed = services.config.importNetworks.splice(0);
    try {
      const answer = await json<{ error: { message: string } }>(user.call('POST', '/api/transfers/imap/folders', server()), 400);
      expect(answer.error.message).toContain('cannot be brought from there');
    } finally {
      services.config.importNetworks.push(...allowed);
    }
  });
});
