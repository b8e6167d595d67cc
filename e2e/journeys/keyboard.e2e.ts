// A day's mail without a mouse: every step by keys, with the focus somewhere at each of them.
import { deliverFromOutside } from '../clients/mail-clients.ts';
import { expect, openedText, row, test } from '../fixtures.ts';
import type { Page } from 'playwright/test';

/** The focus is on something that a person can see, or in the message's own document. */
async function expectFocus(page: Page): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(() => {
        const at = document.activeElement;
        if (!at || at === document.body) return 'nowhere';
        const { width, height } = at.getBoundingClientRect();
        return width > 0 && height > 0 ? 'somewhere' : `on an invisible ${at.tagName}`;
      }),
    )
    .toBe('somewhere');
}

test('sign in, read, answer, archive, search, settings: by keys alone', async ({ browser, product, outside, unique }) => {
  const subject = unique('Keys only');
  await deliverFromOutside(product, { to: product.bob.address, subject, messageId: `<${Date.now()}.keys@outside.example>`, text: 'Is noon all right?\n\nVera' });
  const context = await browser.newContext({ baseURL: product.url, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };

  await page.goto('/mail/inbox');
  await expect(page.getByRole('textbox', { name: 'Email address' })).toBeFocused();
  await page.keyboard.type(product.bob.address);
  await press('Tab');
  await page.keyboard.type(product.bob.password);
  await press('Enter');
  await expect(page.locator('html[data-keyboard=ready]')).toBeAttached();
  await expect(row(page, subject)).toBeVisible();

  await press('j');
  await expectFocus(page);
  const at = () => page.evaluate(() => document.activeElement?.closest('[data-conversation-id]')?.textContent ?? '');
  for (let step = 0; step < 20 && !(await at()).includes(subject); step += 1) await press(step === 0 ? 'k' : 'j');
  expect(await at()).toContain(subject);
  await press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
  await expect.poll(() => openedText(page)).toContain('Is noon all right?');
  await expectFocus(page);

  await press('r');
  await expect(page.getByRole('textbox', { name: 'Message text' })).toBeFocused();
  await page.keyboard.type('Noon it is.');
  await press('Control+Enter');
  await expect(page.getByText('Message sent')).toBeVisible();
  await expectFocus(page);
  expect((await outside.message((message) => message.source.includes(subject))).source).toContain('Noon it is.');

  await press('e');
  await expect(row(page, subject)).toHaveCount(0);
  await expectFocus(page);

  await press('/');
  await expectFocus(page);
  await page.keyboard.type(subject);
  await press('Enter');
  await expect(row(page, subject).first()).toBeVisible();
  await expectFocus(page);

  await press('Escape', 'g', ',');
  await expect(page.getByRole('heading', { level: 2, name: 'General' })).toBeVisible();
  await expectFocus(page);
  const link = page.getByRole('navigation', { name: 'Settings sections' }).getByRole('link', { name: 'Privacy' });
  for (let step = 0; step < 60 && !(await link.evaluate((element) => element === document.activeElement)); step += 1) await press('Tab');
  await press('Enter');
  await expect(page.getByRole('heading', { level: 2, name: 'Privacy' })).toBeVisible();
  await expectFocus(page);

  await press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Commands' })).toBeFocused();
  await page.keyboard.type('inbox');
  await press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Inbox' })).toBeVisible();
  await expectFocus(page);
  await context.close();
});
