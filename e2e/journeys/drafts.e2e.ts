import PostalMime from 'postal-mime';
import { landscapePng } from '../../server/demo/files/landscape-png.ts';
import { imapMessage } from '../clients/mail-clients.ts';
import { expect, row, test } from '../fixtures.ts';

test('a draft changed in two tabs shows both versions, and both can be kept', async ({ openMail, product, unique }) => {
  const subject = unique('Two tabs');
  const first = await openMail(product.bob);
  await first.getByRole('button', { name: 'Compose' }).first().click();
  const inFirst = first.getByRole('dialog', { name: /^Compose:/ });
  await inFirst.getByRole('textbox', { name: 'Subject' }).fill(subject);
  await inFirst.getByRole('textbox', { name: 'Message text' }).click();
  await first.keyboard.type('Beginning.');
  await expect(inFirst.getByText(/^Saved/)).toBeVisible();
  await imapMessage(product, product.bob, subject, '\\Drafts');

  const second = await first.context().newPage();
  await second.goto('/mail/drafts');
  await row(second, subject).getByRole('link').first().click();
  const inSecond = second.getByRole('dialog', { name: /^Compose:/ }).or(second.getByRole('region', { name: /^Compose:/ }));
  await expect(inSecond.getByRole('textbox', { name: 'Message text' })).toContainText('Beginning.');
  await inSecond.getByRole('textbox', { name: 'Message text' }).click();
  await second.keyboard.press('Control+End');
  await second.keyboard.type(' Written in the second.');
  await expect(inSecond.getByText(/^Saved/)).toBeVisible();

  await inFirst.getByRole('textbox', { name: 'Message text' }).click();
  await first.keyboard.press('Control+End');
  await first.keyboard.type(' Written in the first.');
  await inFirst.getByRole('button', { name: 'Compare…' }).click();
  const dialog = first.getByRole('dialog', { name: 'This draft was changed in two places' });
  await expect(dialog.getByRole('region', { name: 'In this window' })).toContainText('Written in the first.');
  await expect(dialog.getByRole('region', { name: 'Saved elsewhere' })).toContainText('Written in the second.');
  await dialog.getByRole('button', { name: 'Keep both' }).click();
  await expect(inFirst.getByText(/^Saved/)).toBeVisible();
  await inFirst.getByRole('button', { name: 'Discard draft' }).click();
  await expect(inSecond.getByRole('textbox', { name: 'Message text' })).toContainText('Written in the second.');
  await inSecond.getByRole('button', { name: 'Discard draft' }).click();
});

test('a pasted image stands in the text, and arrives as a part of the message', async ({ openMail, product, unique }) => {
  const subject = unique('Pasted');
  const page = await openMail(product.bob);
  await page.getByRole('button', { name: 'Compose' }).first().click();
  const window = page.getByRole('dialog', { name: /^Compose:/ });
  await window.getByRole('combobox', { name: 'To' }).fill(product.alice.address);
  await page.keyboard.press('Enter');
  await window.getByRole('textbox', { name: 'Subject' }).fill(subject);
  const text = window.getByRole('textbox', { name: 'Message text' });
  await text.click();
  await text.evaluate((element, base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], 'view.png', { type: 'image/png' }));
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, landscapePng('sea', 3, 120, 80).toString('base64'));
  await expect(text.getByRole('img', { name: 'view.png' })).toBeVisible();
  await window.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.getByText('Message sent')).toBeVisible();
  const { html, attachments } = await PostalMime.parse((await imapMessage(product, product.alice, subject)).source);
  expect(attachments).toHaveLength(1);
  expect(html).toContain(`src="cid:${attachments[0]!.contentId!.replace(/[<>]/g, '')}"`);
});
