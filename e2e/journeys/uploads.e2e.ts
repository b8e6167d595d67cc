import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
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

  const offsets = new Set<string>();
  page.on('request', (request) => request.method() === 'PATCH' && offsets.add(new URL(request.url()).searchParams.get('offset')!));
  await page.unroute(/\/parts\?offset=(?!0$)/);
  await page.reload();
  await expect(window.getByRole('button', { name: 'Remove measurements.bin' })).toBeVisible();
  expect([...offsets]).toEqual([String(4 * 1024 * 1024)]);
  await window.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.getByText('Message sent')).toBeVisible();
  const { attachments } = await PostalMime.parse((await imapMessage(product, product.alice, subject)).source);
  expect(attachments.map(({ filename, mimeType, content: bytes }) => [filename, mimeType, sha(bytes as ArrayBuffer)])).toEqual([['measurements.bin', 'application/octet-stream', sha(content)]]);
});

test('what is too large to attach is sent as a link, which anybody can follow until it is taken back', async ({ openMail, product, unique, browser }) => {
  const subject = unique('Linked');
  const page = await openMail(product.bob);
  await page.getByRole('button', { name: 'Compose' }).first().click();
  const window = page.getByRole('dialog', { name: /^Compose:/ });
  await window.getByRole('combobox', { name: 'To' }).fill(product.alice.address);
  await page.keyboard.press('Enter');
  await window.getByRole('textbox', { name: 'Subject' }).fill(subject);
  await window.getByRole('textbox', { name: 'Message text' }).click();
  await page.keyboard.type('The film.');
  const content = Buffer.alloc(26 * 1024 * 1024, 'film ');
  await window.getByTestId('attach-input').setInputFiles({ name: 'harbour film.mp4', mimeType: 'video/mp4', buffer: content });
  const offer = page.getByRole('dialog', { name: 'Too large to attach' });
  await offer.getByText('30 days').click();
  await offer.getByRole('button', { name: 'Send as link' }).click();
  await expect(window.getByRole('link', { name: 'harbour film.mp4' })).toBeVisible();
  await expect(window.getByText(/^27 MB, available until/)).toBeVisible();
  await window.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.getByText('Message sent')).toBeVisible();

  const { html, text, attachments } = await PostalMime.parse((await imapMessage(product, product.alice, subject)).source);
  expect(attachments).toEqual([]);
  const url = /<(http[^>]+\/f\/[\w-]{43})>/.exec(text!)![1]!;
  expect(html).toContain(`href="${url}"`);
  const visitor = await (await browser.newContext({ locale: 'en' })).newPage();
  await visitor.goto(url);
  await expect(visitor.getByRole('heading', { name: 'harbour film.mp4' })).toBeVisible();
  const [download] = await Promise.all([visitor.waitForEvent('download'), visitor.getByRole('link', { name: 'Download' }).click()]);
  expect(download.suggestedFilename()).toBe('harbour film.mp4');
  expect(sha(await readFile(await download.path()))).toBe(sha(content));

  await page.goto('/settings/shares');
  const line = page.getByRole('listitem').filter({ hasText: 'harbour film.mp4' });
  await expect(line).toContainText('Downloaded once');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await line.getByRole('button', { name: 'Stop sharing' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop sharing' }).click();
  await expect(page.getByText('Nothing is shared')).toBeVisible();
  await visitor.reload();
  await expect(visitor.getByRole('heading', { name: 'This link has ended' })).toBeVisible();
  await visitor.context().close();
});
