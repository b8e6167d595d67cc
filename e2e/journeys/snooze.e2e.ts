import { deliverFromOutside, imapMessage } from '../clients/mail-clients.ts';
import { expect, row, test } from '../fixtures.ts';

test('snoozed away from the inbox, and back on top of it, unread, when its time has come', async ({ openMail, product, unique }) => {
  const subject = unique('Buoy survey');
  const page = await openMail(product.bob);
  await deliverFromOutside(product, { to: product.bob.address, subject, text: 'Not before the tide turns.' });
  await row(page, subject).getByRole('checkbox').check();
  await page.keyboard.press('b');
  await page.getByRole('dialog', { name: 'Snooze until' }).getByRole('button', { name: /^Tomorrow/ }).click();
  await expect(row(page, subject)).toHaveCount(0);
  await imapMessage(product, product.bob, subject, 'Snoozed');
  await page.getByRole('navigation', { name: 'Mailbox' }).getByRole('link', { name: /^Snoozed/ }).click();
  await expect(row(page, subject).locator('time')).toContainText('Snoozed until');

  await deliverFromOutside(product, { to: product.bob.address, subject: unique('Newer'), text: 'Just in.' });
  // Another time, sooner than the menu offers.
  await row(page, subject).locator('[data-row-link]').click();
  await expect(page.getByText('Not before the tide turns.').last()).toBeVisible();
  const conversationId = await row(page, subject).getAttribute('data-conversation-id');
  const status = await page.evaluate(async (id) => {
    const { csrfToken } = (await (await fetch('/api/me')).json()) as { csrfToken: string };
    const body = { action: 'snooze', conversationIds: [id], until: new Date(Date.now() + 1_000).toISOString() };
    return (await fetch('/api/conversations/actions', { method: 'POST', headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken }, body: JSON.stringify(body) })).status;
  }, conversationId);
  expect(status).toBe(200);
  await page.getByRole('navigation', { name: 'Mailbox' }).getByRole('link', { name: /^Inbox/ }).click();
  await expect(page.locator('[data-conversation-id]').first()).toContainText(subject);
  await expect(row(page, subject)).toHaveAttribute('data-unread', 'true');
  expect((await imapMessage(product, product.bob, subject, 'INBOX')).flags).not.toContain('\\Seen');
});

test('a muted conversation leaves the inbox, and what comes later goes past it', async ({ openMail, product, unique }) => {
  const subject = unique('Who takes the keys');
  const messageId = `<${unique('keys').replaceAll(' ', '.')}@outside.example>`;
  const page = await openMail(product.bob);
  await deliverFromOutside(product, { to: product.bob.address, subject, messageId, text: 'Anyone?' });
  await row(page, subject).getByRole('checkbox').check();
  await page.keyboard.press('m');
  await expect(row(page, subject)).toHaveCount(0);
  await imapMessage(product, product.bob, subject, 'Archive');
  await deliverFromOutside(product, { to: product.bob.address, subject: `Re: ${subject}`, inReplyTo: messageId, references: messageId, text: 'Not me.' });
  await imapMessage(product, product.bob, `Re: ${subject}`, 'Archive');
});
