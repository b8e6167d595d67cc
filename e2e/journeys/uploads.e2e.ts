import { createHash, randomBytes } from 'node:crypto';
import PostalMime from 'postal-mime';
import { imapMessage } from '../clients/mail-clients.ts';
import { expect, test } from '../fixtures.ts';

const sha = (bytes: Uint8Array | ArrayBuffer) => createHash('sha256').update(new Uint8Array(bytes)).digest('hex');

test('a file goes on after a lost connection and a page that is loaded anew, and arrives as it was', async ({ openMail, product, unique }) => {
  const subject = unique('Large');
  const content = randomBytes(5 * 1024 * 1024);
  const page = await openMail(product.bob);
  // The first part comes through, then the connection is gone.
  await page.route(/\/parts\?offset=(?!0$)/, (route) => route.abort('connectionreset'));
  await page.getByRole('button', { name: 'Compose' }).first().click();
  const window = page.getByRole('dialog', { name: /^Compose:/ });
  await window.getByRole('combobox', { name: 'To' }).fill(product.alice.address);
  await page.keyboard.press('Enter');
  await window.getByRole('textbox', { name: 'Subject' }).fill(subject);
  await window.getByTestId('attach-input').setInputFiles([
    { name: 'measurements.bin', mimeType: 'application/pdf', buffer: content },
    { name: 'unwanted.bin', mimeType: 'application/pdf', buffer: content },
  ]);
  await expect(window.getByText('Waiting for the connection at 80 %')).toHaveCount(2);
  await window.getByRole('button', { name: 'Cancel upload of unwanted.bin' }).click();
  await expect(window.getByText('unwanted.bin')).toBeHidden();
  await window.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(window.getByText('Wait until the files are uploaded.')).toBeVisible();
  await expect(window.getByText(/^Saved/)).toBeVisible();

  await page.unroute(/\/parts\?offset=(?!0$)/);
  const offsets: string[] = [];
  page.on('request', (request) => request.method() === 'PATCH' && offsets.push(new URL(request.url()).searchParams.get('offset')!));
  await page.reload();
  await expect(window.getByRole('button', { name: 'Remove measurements.bin' })).toBeVisible();
  expect(offsets).toEqual([String(4 * 1024 * 1024)]);
  await window.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.getByText('Message sent')).toBeVisible();
  const { attachments } = await PostalMime.parse((await imapMessage(product, product.alice, subject)).source);
  expect(attachments.map(({ filename, mimeType, content: bytes }) => [filename, mimeType, sha(bytes as ArrayBuffer)])).toEqual([['measurements.bin', 'application/octet-stream', sha(content)]]);
});
