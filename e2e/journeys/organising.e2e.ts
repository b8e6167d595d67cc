import { deliverFromOutside, imapMessage, openImap } from '../clients/mail-clients.ts';
import { expect, row, test } from '../fixtures.ts';

test.describe('keeping order', () => {
  test('star, archive, undo, delete: done at once in the list, and the same over IMAP', async ({ openMail, product, unique }) => {
    const subject = unique('Sort me');
    const page = await openMail(product.bob);
    await deliverFromOutside(product, { to: product.bob.address, subject, text: 'Put me somewhere.' });
    await expect(row(page, subject)).toBeVisible();

    await row(page, subject).getByRole('button', { name: 'Star' }).click();
    await expect(row(page, subject)).toHaveAttribute('data-starred', 'true');
    await expect.poll(async () => (await imapMessage(product, product.bob, subject)).flags).toContain('\\Flagged');

    await row(page, subject).hover();
    await row(page, subject).getByRole('button', { name: 'Archive' }).click();
    await expect(row(page, subject)).toHaveCount(0);
    await imapMessage(product, product.bob, subject, 'Archive');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(row(page, subject)).toBeVisible();
    await imapMessage(product, product.bob, subject, 'INBOX');

    await row(page, subject).hover();
    await row(page, subject).getByRole('button', { name: 'Delete' }).click();
    await expect(row(page, subject)).toHaveCount(0);
    await page.getByRole('navigation', { name: 'Mailbox' }).getByRole('link', { name: /^Trash/ }).click();
    await expect(row(page, subject)).toBeVisible();
    await expect(row(page, subject)).toHaveAttribute('data-starred', 'true');
  });

  test('a folder made in the browser is there in IMAP, and mail moves into it', async ({ openMail, product, unique }) => {
    const subject = unique('To be filed');
    const folder = unique('Harbour').replaceAll(' ', '-');
    const page = await openMail(product.bob);
    await deliverFromOutside(product, { to: product.bob.address, subject, text: 'File me.' });
    await page.getByRole('button', { name: 'New folder' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill(folder);
    await page.keyboard.press('Enter');
    const link = page.getByRole('navigation', { name: 'Mailbox' }).getByRole('link', { name: folder });
    await expect(link).toBeVisible();
    await row(page, subject).getByRole('checkbox').check();
    await page.getByRole('toolbar', { name: 'Actions for the selection' }).getByRole('button', { name: 'Move to…' }).click();
    await page.getByRole('dialog', { name: 'Move to' }).getByRole('option', { name: folder }).click();
    await expect(row(page, subject)).toHaveCount(0);
    await imapMessage(product, product.bob, subject, folder);
    await link.click();
    await expect(row(page, subject)).toBeVisible();
  });

  test('an IMAP client and the browser see each other’s changes', async ({ openMail, product, unique }) => {
    const subject = unique('Two windows');
    const page = await openMail(product.bob);
    await deliverFromOutside(product, { to: product.bob.address, subject, text: 'Seen twice.' });
    await expect(row(page, subject)).toHaveAttribute('data-unread', 'true');
    const client = await openImap(product, product.bob);
    const lock = await client.getMailboxLock('INBOX');
    try {
      const uids = (await client.search({ header: { subject } }, { uid: true })) || [];
      await client.messageFlagsAdd(uids, ['\\Seen', '\\Flagged'], { uid: true });
      await expect(row(page, subject)).toHaveAttribute('data-unread', 'false');
      await expect(row(page, subject)).toHaveAttribute('data-starred', 'true');
      await row(page, subject).getByRole('button', { name: 'Remove star' }).click();
      await expect
        .poll(async () => {
          const found = await client.fetchOne(String(uids[0]), { flags: true }, { uid: true });
          return found && found.flags ? [...found.flags] : [];
        })
        .not.toContain('\\Flagged');
      await client.messageMove(uids, 'Archive', { uid: true });
      await expect(row(page, subject)).toHaveCount(0);
      await client.append('INBOX', `From: Old Self <self@eider.test>\r\nSubject: ${subject} appended\r\n\r\nFrom another program.\r\n`, []);
      await expect(row(page, `${subject} appended`)).toBeVisible();
    } finally {
      lock.release();
      await client.logout();
    }
  });
});

test.describe('finding', () => {
  test('words of the body, of the subject, and part of a word; in any script', async ({ openMail, product }) => {
    const page = await openMail(product.alice);
    const search = page.getByRole('combobox', { name: 'Search mail' }).or(page.getByRole('searchbox', { name: 'Search mail' }));
    for (const [query, subject] of [
      ['rowing boat', 'Lofoten in June: cabin found!'],
      ['Heftung', 'Andruck und Liefertermin'],
      ['budg', 'Budget for the second printing'],
      ['北海書房', '『潮の地図帳』日本語版について'],
      ['from:kirsty kettle', 'Walk 14: the path at Kettle Ness has moved'],
    ] as const) {
      await search.fill(query);
      await page.keyboard.press('Enter');
      await expect(row(page, subject).first(), query).toBeVisible();
    }
    await search.fill('zzyzx-no-such-word');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('listitem').filter({ has: page.getByRole('checkbox') })).toHaveCount(0);
  });
});
