import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Login, ProductAddress } from '../../test/product/product.ts';
import { imapMessage, openImap, submit } from '../clients/mail-clients.ts';
import { runProgram } from '../clients/run-program.ts';
import { expect, row, test } from '../fixtures.ts';

let folder: string;
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'eider-clients-'));
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** curl reads name and password from its standard input: they stay out of the process list. */
const curl = (product: ProductAddress, login: Login, ...args: string[]) =>
  runProgram('curl', ['--silent', '--show-error', '--max-time', '30', '--cacert', product.certificate, '--config', '-', ...args], {
    input: `user = "${login.address}:${login.password}"\n`,
  });

const message = (from: string, to: string, subject: string): string =>
  [`From: ${from}`, `To: ${to}`, `Subject: ${subject}`, `Date: ${new Date().toUTCString()}`, `Message-ID: <${subject.replaceAll(' ', '-')}@eider.test>`, '', 'Sent by a program.', ''].join('\r\n');

test.describe('standard clients', () => {
  for (const via of ['tls', 'starttls'] as const) {
    test(`submission as Thunderbird does it (${via}), shown in both browsers`, async ({ openMail, product, unique }) => {
      const subject = unique(`By ${via}`);
      const bob = await openMail(product.bob);
      await submit(product, product.alice, { to: product.bob.address, subject, text: 'From a desktop.' }, via);
      await expect(row(bob, subject)).toBeVisible();
      await imapMessage(product, product.alice, subject, '\\Sent');
    });
  }

  test('submission refuses what is not one’s own', async ({ product, unique }) => {
    const forged = { to: product.bob.address, subject: unique('Forged'), text: 'Not me.' };
    await expect(submit(product, product.alice, { ...forged, from: product.bob.address })).rejects.toThrow(/55\d/);
    await expect(submit(product, { ...product.alice, password: 'wrong' }, forged)).rejects.toThrow(/535/);
    const plain = await runProgram('swaks', [
      ...['--server', product.host, '--port', String(product.ports.submission), '--auth', 'PLAIN', '--auth-user', product.alice.address],
      ...['--auth-password', 'wrong', '--from', product.alice.address, '--to', product.bob.address],
    ]);
    expect(plain.exitCode, 'AUTH is not offered before STARTTLS').not.toBe(0);
    expect(plain.stdout).not.toMatch(/^<.\s+250[- ]AUTH/m);
  });

  test('curl: list and fetch over IMAPS, send over SMTP, list over POP3S', async ({ product, unique }) => {
    const subject = unique('Curl');
    const mail = join(folder, 'curl.eml');
    writeFileSync(mail, message(product.alice.address, product.bob.address, subject));
    const sent = await curl(
      product, product.alice,
      ...['--ssl-reqd', '--url', `smtp://${product.host}:${product.ports.submission}/laptop.example`],
      ...['--mail-from', product.alice.address, '--mail-rcpt', product.bob.address, '--upload-file', mail],
    );
    expect(sent).toMatchObject({ exitCode: 0, stderr: '' });
    const { uid } = await imapMessage(product, product.bob, subject);
    const fetched = await curl(product, product.bob, `imaps://${product.host}:${product.ports.imaps}/INBOX;UID=${uid}`);
    expect(fetched.stdout).toContain(`Subject: ${subject}`);
    const folders = await curl(product, product.bob, `imaps://${product.host}:${product.ports.imaps}/`);
    for (const name of ['INBOX', 'Drafts', 'Sent', 'Junk', 'Trash', 'Archive']) expect(folders.stdout).toContain(name);
    const starttls = await curl(product, product.bob, '--ssl-reqd', `imap://${product.host}:${product.ports.imap}/INBOX;UID=${uid};SECTION=HEADER`);
    expect(starttls.stdout).toContain(`Subject: ${subject}`);
    const listed = await curl(product, product.bob, `pop3s://${product.host}:${product.ports.pop3s}/`);
    expect(listed.stdout).toMatch(/^1 \d+/m);
  });

  test('curl: a wrong password opens nothing', async ({ product }) => {
    const answer = await curl(product, { ...product.bob, password: 'wrong' }, `imaps://${product.host}:${product.ports.imaps}/INBOX`);
    expect(answer.exitCode).toBe(67);
  });

  test('mbsync pulls the whole mailbox, and a second run finds nothing new', async ({ product }) => {
    const maildir = join(folder, 'alice');
    mkdirSync(maildir);
    const password = join(folder, 'password');
    writeFileSync(password, product.alice.password, { mode: 0o600 });
    const config = join(folder, 'mbsyncrc');
    writeFileSync(config, [
      'IMAPAccount eider', `Host ${product.host}`, `Port ${product.ports.imaps}`, `User ${product.alice.address}`, `PassCmd "cat ${password}"`,
      'SSLType IMAPS', `CertificateFile ${product.certificate}`, '',
      'IMAPStore far', 'Account eider', '',
      'MaildirStore near', `Path ${maildir}/`, `Inbox ${maildir}/INBOX`, 'SubFolders Verbatim', '',
      'Channel all', 'Far :far:', 'Near :near:', 'Patterns *', 'Create Near', 'Sync Pull', 'SyncState *', '',
    ].join('\n'));
    const first = await runProgram('mbsync', ['--config', config, '--all'], { within: 120_000 });
    expect(first, first.stderr).toMatchObject({ exitCode: 0 });
    const pulled = (mailbox: string): string[] => ['cur', 'new'].flatMap((part) => readdirSync(join(maildir, mailbox, part)).map((name) => join(maildir, mailbox, part, name)));
    const client = await openImap(product, product.alice);
    for (const mailbox of ['INBOX', 'Archive', 'Junk']) {
      const status = await client.status(mailbox, { messages: true });
      expect(pulled(mailbox), mailbox).toHaveLength((status && status.messages) || 0);
    }
    await client.logout();
    const texts = pulled('INBOX').map((path) => readFileSync(path, 'utf8'));
    expect(texts.filter((text) => text.includes('Lofoten in June')).length).toBeGreaterThan(2);
    const before = pulled('INBOX').length;
    const second = await runProgram('mbsync', ['--config', config, '--all'], { within: 120_000 });
    expect(second.exitCode).toBe(0);
    expect(pulled('INBOX')).toHaveLength(before);
  });

  test('neomutt reads the mailbox and sends a message with an attachment', async ({ product, unique }) => {
    const subject = unique('Mutt');
    const attachment = join(folder, 'tide.txt');
    writeFileSync(attachment, 'High water 11:42\n');
    const config = join(folder, 'neomuttrc');
    const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
    writeFileSync(config, [
      `set folder = imaps://${product.host}:${product.ports.imaps}/`, 'set spoolfile = +INBOX',
      `set imap_user = ${quoted(product.alice.address)}`, `set imap_pass = ${quoted(product.alice.password)}`,
      `set smtp_url = smtps://${encodeURIComponent(product.alice.address)}@${product.host}:${product.ports.submissions}/`,
      `set smtp_pass = ${quoted(product.alice.password)}`, `set from = ${product.alice.address}`, 'set real_name = "Alice Hale"',
      'set use_from = yes', 'set ssl_force_tls = yes', `set certificate_file = ${product.certificate}`, 'set copy = no',
      `set header_cache = ${folder}/headers`, `set message_cachedir = ${folder}/bodies`, 'set timeout = 10', '',
    ].join('\n'));
    const env = { HOME: folder, TERM: 'xterm' };
    const sent = await runProgram('neomutt', ['-n', '-F', config, '-s', subject, '-a', attachment, '--', product.bob.address], { env, input: 'From the terminal.\n' });
    expect(sent, sent.stderr).toMatchObject({ exitCode: 0 });
    const { source } = await imapMessage(product, product.bob, subject);
    expect(source).toContain('filename="tide.txt"');
    expect(source).toContain('From the terminal.');
    // It needs a terminal to show a mailbox on: `script` lends it one.
    const reading = join(folder, 'neomuttrc-reading');
    writeFileSync(reading, `source ${config}\nset quit = yes\npush "<limit>~s Lofoten<enter><quit>"\n`);
    const opened = await runProgram('script', ['--quiet', '--return', '--command', `neomutt -n -F ${reading} -f +INBOX`, '/dev/null'], { env, within: 60_000 });
    expect(opened.exitCode, opened.stdout.slice(-500)).toBe(0);
    expect(opened.stdout).toContain('Lofoten in June');
  });
});
