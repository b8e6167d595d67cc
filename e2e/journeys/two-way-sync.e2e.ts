// A mailbox kept in step with a folder of files by mbsync, changed on both sides: nothing lost, nothing doubled.
// EIDER_SYNC_MESSAGES=5000 makes it large.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openImap } from '../clients/mail-clients.ts';
import { runProgram } from '../clients/run-program.ts';
import { expect, test } from '../fixtures.ts';

const COUNT = Number(process.env['EIDER_SYNC_MESSAGES'] ?? 100);
const WITHIN = 60_000 + COUNT * 200;

test.setTimeout(WITHIN * 3);

const text = (id: string) => `Message-ID: <${id}@sync.example>\r\nDate: Mon, 02 Feb 2026 00:00:00 +0000\r\nFrom: a@sync.example\r\nSubject: ${id}\r\n\r\nBody of ${id}\r\n`;
const idOf = (source: string) => /^Message-ID: <([^@]+)@/im.exec(source)?.[1] ?? '';

test(`mbsync keeps ${COUNT} messages in step both ways`, async ({ product }) => {
  const login = { address: `sync-${Date.now().toString(36)}@eider.test`, password: 'a long enough password' };
  const made = await runProgram('npm', ['--silent', 'run', 'eider', '--', 'user', 'create', login.address, '--password-stdin'], { cwd: product.checkout, env: { EIDER_HOME: product.home }, input: `${login.password}\n` });
  expect(made.exitCode, made.stderr).toBe(0);
  const folder = mkdtempSync(join(tmpdir(), 'eider-sync-'));
  const client = await openImap(product, login);
  try {
    const inbox = join(folder, 'INBOX');
    for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(inbox, part), { recursive: true });
    const half = Math.floor(COUNT / 2);
    for (let n = 0; n < half; n += 1) writeFileSync(join(inbox, 'cur', `near${n}.host:2,${n % 2 === 0 ? 'S' : ''}`), text(`near-${n}`));
    for (let n = half; n < COUNT; n += 1) await client.append('INBOX', text(`far-${n}`), n % 2 === 0 ? ['\\Seen'] : []);

    writeFileSync(join(folder, 'password'), login.password, { mode: 0o600 });
    writeFileSync(join(folder, 'mbsyncrc'), [
      'IMAPAccount eider', `Host ${product.host}`, `Port ${product.ports.imaps}`, `User ${login.address}`, `PassCmd "cat ${join(folder, 'password')}"`,
      'SSLType IMAPS', `CertificateFile ${product.certificate}`, '', 'IMAPStore far', 'Account eider', '',
      'MaildirStore near', `Path ${folder}/`, `Inbox ${inbox}`, '',
      'Channel all', 'Far :far:', 'Near :near:', 'Patterns INBOX', 'Sync All', 'Expunge Both', 'SyncState *', '',
    ].join('\n'));
    const sync = async () => {
      const { exitCode, stderr } = await runProgram('mbsync', ['--config', join(folder, 'mbsyncrc'), '--all'], { within: WITHIN });
      expect(exitCode, stderr).toBe(0);
    };
    const files = () => ['cur', 'new'].flatMap((part) => readdirSync(join(inbox, part)).map((name) => join(inbox, part, name)));
    /** Each side as "id flags", in order. */
    const near = () => files().map((path) => `${idOf(readFileSync(path, 'utf8'))} ${[...(/:2,(\w*)$/.exec(path)?.[1] ?? '')].filter((flag) => 'FRS'.includes(flag)).join('')}`).sort();
    const far = async () => {
      // A connection of its own: one that stands learns of others' changes when the server pleases.
      const reader = await openImap(product, login);
      const lock = await reader.getMailboxLock('INBOX');
      try {
        const letters: Record<string, string> = { '\\Flagged': 'F', '\\Answered': 'R', '\\Seen': 'S' };
        const found = await reader.fetchAll('1:*', { envelope: true, flags: true });
        return found.map(({ envelope, flags }) => `${envelope?.subject} ${[...(flags ?? [])].map((flag) => letters[flag] ?? '').sort().join('')}`).sort();
      } finally {
        lock.release();
        await reader.logout();
      }
    };

    await sync();
    const together = near();
    expect(new Set(together.map((line) => line.split(' ')[0])).size).toBe(COUNT);
    expect(await far()).toEqual(together);

    // Both sides change while they are apart: other messages, other ways.
    const fileOf = (id: string) => files().find((path) => idOf(readFileSync(path, 'utf8')) === id)!;
    for (const n of [0, 1, 2]) unlinkSync(fileOf(`near-${n}`));
    for (const n of [3, 4]) renameSync(fileOf(`near-${n}`), fileOf(`near-${n}`).replace(/:2,\w*$/, ':2,FRS'));
    writeFileSync(join(inbox, 'new', 'late.host'), text('near-late'));
    const lock = await client.getMailboxLock('INBOX');
    const uidsOf = async (id: string) => (await client.search({ header: { subject: id } }, { uid: true })) || [];
    await client.messageDelete(await uidsOf(`far-${COUNT - 1}`), { uid: true });
    await client.messageFlagsAdd(await uidsOf(`far-${COUNT - 2}`), ['\\Flagged', '\\Seen'], { uid: true });
    lock.release();
    await client.append('INBOX', text('far-late'), []);
    await sync();
    const again = near();
    expect(await far()).toEqual(again);
    expect(again).toHaveLength(COUNT - 2);
    expect(again).toEqual(expect.arrayContaining(['near-3 FRS', 'near-4 FRS', 'near-late ', 'far-late ', `far-${COUNT - 2} FS`]));
  } finally {
    await client.logout();
    rmSync(folder, { recursive: true });
  }
});
