import type { Page } from 'playwright/test';
import { imapMessage } from '../clients/mail-clients.ts';
import { expect, setUndoSeconds, test } from '../fixtures.ts';

async function write(page: Page, to: string, subject: string) {
  await page.getByRole('button', { name: 'Compose' }).first().click();
  const window = page.getByRole('dialog', { name: /^Compose:/ });
  await window.getByRole('combobox', { name: 'To' }).fill(to);
  await page.keyboard.press('Enter');
  await window.getByRole('textbox', { name: 'Subject' }).fill(subject);
  await window.getByTestId('attach-input').setInputFiles({ name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('the plan') });
  await expect(window.getByRole('button', { name: 'Remove plan.txt' })).toBeVisible();
  await window.getByRole('textbox', { name: 'Message text' }).click();
  await page.keyboard.type('See the attachment.');
  return window;
}

test('what was sent comes back by a key, with its file, and leaves when nobody takes it back, browser closed', async ({ openMail, product, unique }) => {
  const subject = unique('Second thoughts');
  const page = await openMail(product.bob);
  await setUndoSeconds(page, 5);
  await page.reload();
  const window = await write(page, product.alice.address, subject);
  await window.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.getByText('Message sent')).toBeVisible();
  await expect(window).toHaveCount(0);
  await page.keyboard.press('z');
  await expect(page.getByText('Not sent. It is a draft again.')).toBeVisible();
  await expect(window.getByRole('textbox', { name: 'Message text' })).toContainText('See the attachment.');
  await expect(window.getByRole('button', { name: 'Remove plan.txt' })).toBeVisible();

  await window.getByRole('textbox', { name: 'Message text' }).click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(' And more.');
  await window.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.getByText('Message sent')).toBeVisible();
  await setUndoSeconds(page, 0);
  await page.close();
  const arrived = await imapMessage(product, product.alice, subject);
  expect(arrived.source).toContain('And more.');
  expect(arrived.source).toContain('filename=plan.txt');
  expect((await imapMessage(product, product.bob, subject, '\\Sent')).source).toContain('And more.');
});

test('a message waits for its time, is listed, and goes when its writer says so', async ({ openMail, product, unique }) => {
  const subject = unique('Tomorrow');
  const page = await openMail(product.bob);
  const window = await write(page, product.alice.address, subject);
  await window.getByRole('button', { name: 'Schedule send' }).click();
  await page.getByRole('menuitem', { name: /^Tomorrow morning/ }).click();
  await expect(page.getByText(/^Will be sent/)).toBeVisible();
  await page.getByRole('navigation', { name: 'Mailbox' }).getByRole('link', { name: /^Scheduled/ }).click();
  const waiting = page.getByRole('list', { name: 'Scheduled' }).getByRole('listitem').filter({ hasText: subject });
  await expect(waiting).toContainText('See the attachment.');
  await waiting.getByRole('button', { name: /^Send “/ }).click();
  await expect(waiting).toHaveCount(0);
  expect((await imapMessage(product, product.alice, subject)).source).toContain('filename=plan.txt');
});
