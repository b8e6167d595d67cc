import { deliverFromOutside, imapMessage } from '../clients/mail-clients.ts';
import { expect, row, test } from '../fixtures.ts';

test('what nobody answers comes back on top of the inbox, unread and marked; an answer ends it', async ({ openMail, product, unique }) => {
  const subject = unique('Offer');
  const page = await openMail(product.bob);
  await page.getByRole('button', { name: 'Compose' }).first().click();
  const window = page.getByRole('dialog', { name: /^Compose:/ });
  await window.getByRole('combobox', { name: 'To' }).fill(product.alice.address);
  await page.keyboard.press('Enter');
  await window.getByRole('textbox', { name: 'Subject' }).fill(subject);
  await window.getByRole('button', { name: 'Remind me if nobody answers' }).click();
  await page.getByRole('menuitem', { name: 'Remind me in 3 days' }).click();
  await expect(window.getByRole('button', { name: 'Reminder after 3 days without an answer' })).toBeVisible();
  await window.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.getByText('Message sent')).toBeVisible();

  await page.getByRole('navigation', { name: 'Mailbox' }).getByRole('link', { name: /^Sent/ }).click();
  await row(page, subject).locator('[data-row-link]').click();
  const conversationId = await row(page, subject).getAttribute('data-conversation-id');
  const reminder = (method: string, body?: object) =>
    page.evaluate(async ([id, verb, content]) => {
      const { csrfToken } = (await (await fetch('/api/me')).json()) as { csrfToken: string };
      const headers = { 'content-type': 'application/json', 'x-csrf-token': csrfToken };
      const answer = await fetch(`/api/conversations/${id}${verb === 'PUT' ? '/reminder' : ''}`, { method: verb!, headers, ...(verb === 'PUT' ? { body: content! } : {}) });
      return (await answer.json()) as { reminder: { remindAt: string } | null; messages: unknown[] };
    }, [conversationId!, method, JSON.stringify(body ?? {})] as const);
  await expect.poll(async () => Math.round((Date.parse((await reminder('GET')).reminder?.remindAt ?? '') - Date.now()) / 86_400_000)).toBe(3);

  // Sooner than the menu offers.
  await reminder('PUT', { remindAt: new Date(Date.now() + 1_000).toISOString() });
  await page.getByRole('navigation', { name: 'Mailbox' }).getByRole('link', { name: /^Inbox/ }).click();
  await expect(page.locator('[data-conversation-id]').first()).toContainText(subject);
  await expect(row(page, subject)).toHaveAttribute('data-unread', 'true');
  await expect(row(page, subject)).toContainText('No answer since');
  expect((await imapMessage(product, product.bob, subject, 'INBOX')).flags).not.toContain('\\Seen');
  await imapMessage(product, product.bob, subject, '\\Sent');
  await row(page, subject).locator('[data-row-link]').click();
  await expect(row(page, subject)).toHaveAttribute('data-unread', 'false');
  expect((await reminder('GET')).messages).toHaveLength(1);
  await expect(page.getByRole('region', { name: 'Conversation' }).getByRole('article')).toHaveCount(1);

  const { source } = await imapMessage(product, product.bob, subject, 'INBOX');
  const messageId = /^message-id: (.+)$/im.exec(String(source))![1]!.trim();
  await deliverFromOutside(product, { to: product.bob.address, subject: `Re: ${subject}`, text: 'We take it.', headers: { 'In-Reply-To': messageId, References: messageId } });
  await expect(page.getByText('We take it.').first()).toBeVisible();
  await expect(row(page, subject)).not.toContainText('No answer since');
  expect((await reminder('GET')).reminder).toBeNull();
});
