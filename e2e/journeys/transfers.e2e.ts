// Moving in and out: the mail of another account and of a file comes once; a folder goes out. That nobody's death loses or doubles
// anything is transfers.protocol.test.ts's.
import { readFile } from 'node:fs/promises';
import { startDovecot } from '../clients/dovecot.ts';
import { imapMessage, openImap } from '../clients/mail-clients.ts';
import { expect, test } from '../fixtures.ts';
import { expectAccessible, picture } from '../looks.ts';

const COUNT = 60;
const message = (n: number | string, subject: string) => `Message-ID: <moved-${n}@before.example>\r\nDate: Fri, 05 Jan 2024 10:00:00 +0000\r\nFrom: Friend <friend@before.example>\r\nTo: me@before.example\r\nSubject: ${subject}\r\n\r\nFrom before.\r\n`;

test('the mail of another account comes with folders, flags and dates; again nothing comes', async ({ openMail, product, unique }) => {
  const dovecot = await startDovecot();
  try {
    const subject = unique('Moved house');
    const there = await dovecot.open();
    await there.mailboxCreate('Letters.2024');
    for (let n = 0; n < COUNT; n += 1) await there.append('Letters.2024', message(`${subject.at(-1)}${n}-${product.alice.address}`, `${subject} ${n}`), n % 2 === 0 ? ['\\Seen', '\\Flagged'] : [], new Date(Date.UTC(2024, 0, 5, 10, 0, n)));
    await there.append('Sent Items', message(`sent-${product.alice.address}`, `${subject} sent`), ['\\Seen'], new Date(Date.UTC(2024, 0, 6)));
    await there.logout();

    const page = await openMail(product.alice);
    await page.goto('/settings/transfers');
    const fill = async (password: string) => {
      // What is typed before the form is alive is lost.
      await expect(async () => {
        await page.getByLabel('IMAP server', { exact: true }).fill('127.0.0.1');
        await page.getByLabel('Encryption').selectOption('None');
        await page.getByLabel('Port', { exact: true }).fill(String(dovecot.port));
        await page.getByLabel('User', { exact: true }).fill(dovecot.user);
        await page.getByLabel('Password', { exact: true }).fill(password);
        await expect(page.getByRole('button', { name: 'Show folders' })).toBeEnabled({ timeout: 2_000 });
      }).toPass();
      await page.getByRole('button', { name: 'Show folders' }).click();
    };
    await fill('not this one');
    await expect(page.getByText('the server refuses this user or password')).toBeVisible();
    await fill(dovecot.password);
    await expect(page.getByRole('listitem').filter({ hasText: 'Letters.2024' })).toContainText(`to Letters/2024${COUNT} messages`);
    await expect(page.getByRole('listitem').filter({ hasText: 'Sent Items' })).toContainText('to Sent');
    await expectAccessible(page);
    await picture(page, 'import-light');
    await page.getByRole('button', { name: `Bring ${COUNT + 1} messages` }).click();
    const lines = page.getByRole('list', { name: 'Imports and exports' }).getByRole('listitem');
    await expect(lines.first()).toContainText(`Done · ${COUNT + 1} messages`, { timeout: 90_000 });

    const here = await openImap(product, product.alice);
    const lock = await here.getMailboxLock('Letters/2024');
    const found = await here.fetchAll('1:*', { envelope: true, flags: true, internalDate: true });
    lock.release();
    await here.logout();
    expect(found.map(({ envelope }) => envelope?.subject).sort()).toEqual(Array.from({ length: COUNT }, (_, n) => `${subject} ${n}`).sort());
    const second = found.find(({ envelope }) => envelope?.subject === `${subject} 2`)!;
    expect([[...second.flags!].filter((flag) => flag !== '\\Recent').sort(), new Date(second.internalDate!).toISOString()]).toEqual([['\\Flagged', '\\Seen'], '2024-01-05T10:00:02.000Z']);

    await page.reload();
    await fill(dovecot.password);
    await page.getByRole('button', { name: `Bring ${COUNT + 1} messages` }).click();
    await expect(lines.first()).toContainText(`Done · ${COUNT + 1} messages · ${COUNT + 1} here already`, { timeout: 90_000 });
  } finally {
    await dovecot.stop();
  }
});

test('an mbox file comes in, and its folder goes out again', async ({ openMail, product, unique }) => {
  const page = await openMail(product.alice);
  const subject = unique('From a file');
  const entries = ['RO', 'O'].map((status, n) => `From friend@before.example Fri Jan  5 10:00:00 2024\nStatus: ${status}\n${message(`${subject}${n}`.replaceAll(' ', ''), `${subject} ${n}`).replaceAll('\r\n', '\n')}\n`);
  await page.goto('/settings/transfers');
  await page.getByLabel('Into folder').selectOption({ label: 'Archive' });
  await page.getByLabel('Choose files').setInputFiles({ name: 'old.mbox', mimeType: 'application/mbox', buffer: Buffer.from(entries.join('')) });
  const lines = page.getByRole('list', { name: 'Imports and exports' }).getByRole('listitem');
  await expect(lines.first()).toContainText('Import of old.mboxDone · 2 messages');
  expect([...(await imapMessage(product, product.alice, `${subject} 0`, 'Archive')).flags]).toContain('\\Seen');
  expect([...(await imapMessage(product, product.alice, `${subject} 1`, 'Archive')).flags]).not.toContain('\\Seen');
  // What goes out is what the index knows.
  await expect.poll(async () => ((await (await page.request.get(`/api/search?q=${encodeURIComponent(subject)}`)).json()) as { items: unknown[] }).items.length).toBe(2);
  await page.getByLabel('What to export').selectOption({ label: 'Archive' });
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export', exact: true }).click()]);
  expect(file.suggestedFilename()).toBe('Archive.mbox');
  const text = await readFile((await file.path())!, 'latin1');
  expect([text.includes(`Subject: ${subject} 0`), text.includes(`Subject: ${subject} 1`), /^From \S+ \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\n/.test(text)]).toEqual([true, true, true]);
  await expect(lines.first()).toContainText(/Export of ArchiveDone/);
});
