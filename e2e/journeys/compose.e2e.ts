import { createHash } from 'node:crypto';
import type { Page } from 'playwright/test';
import PostalMime from 'postal-mime';
import { landscapePng } from '../../server/demo/files/landscape-png.ts';
import { imapMessage } from '../clients/mail-clients.ts';
import { expect, row, test } from '../fixtures.ts';

const sha256 = (bytes: Uint8Array | ArrayBuffer): string => createHash('sha256').update(new Uint8Array(bytes)).digest('hex');

async function startMessage(page: Page, subject: string, to?: string) {
  await page.getByRole('button', { name: 'Compose' }).first().click();
  const window = page.getByRole('dialog', { name: /^Compose:/ });
  if (to) {
    await window.getByRole('combobox', { name: 'To' }).fill(to);
    await page.keyboard.press('Enter');
  }
  await window.getByRole('textbox', { name: 'Subject' }).fill(subject);
  return window;
}

test.describe('writing', () => {
  test('attachments arrive byte for byte, with their names', async ({ openMail, product, unique }) => {
    const subject = unique('Two files');
    const picture = landscapePng('sea', 5, 320, 200);
    const noise = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7919 + (index >> 3)) & 0xff));
    const page = await openMail(product.alice);
    const window = await startMessage(page, subject, product.bob.address);
    await window.getByTestId('attach-input').setInputFiles([
      { name: 'Küste bei Ebbe.png', mimeType: 'image/png', buffer: picture },
      { name: 'track.bin', mimeType: 'application/octet-stream', buffer: noise },
    ]);
    await expect(window.getByRole('button', { name: 'Remove track.bin' })).toBeVisible();
    await expect(window.getByRole('progressbar')).toHaveCount(0);
    await window.getByRole('textbox', { name: 'Message text' }).click();
    await page.keyboard.type('Both attached.');
    await window.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(page.getByText('Message sent')).toBeVisible();
    const { source } = await imapMessage(product, product.bob, subject);
    const { attachments } = await PostalMime.parse(source);
    const digests = Object.fromEntries(attachments.map((file) => [file.filename, sha256(file.content as ArrayBuffer)]));
    expect(digests).toEqual({ 'Küste bei Ebbe.png': sha256(picture), 'track.bin': sha256(noise) });
  });

  test('a draft saves itself, survives closing, is opened again, and leaves Drafts when sent', async ({ openMail, product, unique }) => {
    const subject = unique('Unfinished');
    const page = await openMail(product.bob);
    const window = await startMessage(page, subject, product.alice.address);
    await window.getByRole('textbox', { name: 'Message text' }).click();
    await page.keyboard.type('The first half');
    await expect(window.getByText(/^Saved/)).toBeVisible();
    await window.getByRole('button', { name: 'Save and close' }).click();
    const draft = await imapMessage(product, product.bob, subject, 'Drafts');
    expect(draft.flags).toContain('\\Draft');

    await page.getByRole('navigation', { name: 'Mailbox' }).getByRole('link', { name: /^Drafts/ }).click();
    await row(page, subject).getByRole('link').first().click();
    const again = page.getByRole('dialog', { name: /^Compose:/ }).or(page.getByRole('region', { name: /^Compose:/ }));
    await expect(again.getByRole('textbox', { name: 'Message text' })).toContainText('The first half');
    await again.getByRole('textbox', { name: 'Message text' }).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' and the second');
    await again.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(page.getByText('Message sent')).toBeVisible();
    const arrived = await imapMessage(product, product.alice, subject);
    expect(arrived.source).toContain('The first half and the second');
    await expect(row(page, subject)).toHaveCount(0);
  });

  test('what cannot be sent says which field is wrong, and nothing is lost', async ({ openMail, product, unique }) => {
    const page = await openMail(product.bob);
    const window = await startMessage(page, unique('Nobody'), 'not an address');
    await window.getByRole('textbox', { name: 'Message text' }).click();
    await page.keyboard.type('Words worth keeping');
    await window.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(page.getByRole('alert').filter({ hasText: /\w/ }).first()).toBeVisible();
    await expect(window.getByRole('textbox', { name: 'Message text' })).toContainText('Words worth keeping');
    await window.getByRole('button', { name: 'Discard draft' }).click();
  });
});
