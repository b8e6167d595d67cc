import { devices } from 'playwright/test';
import { expect, row, test } from '../fixtures.ts';
import { expectAccessible, picture } from '../looks.ts';

const STORY = 'Cover, third round';
for (const scheme of ['light', 'dark'] as const) {
  test.describe(`desktop, ${scheme}`, () => {
    test.use({ colorScheme: scheme });

    test('sign-in page', async ({ browser, product }) => {
      const context = await browser.newContext({ baseURL: product.url, colorScheme: scheme, viewport: { width: 1360, height: 860 } });
      const page = await context.newPage();
      await page.goto('/sign-in');
      await expect(page.getByRole('heading', { name: 'Sign in to Eider' })).toBeVisible();
      await expectAccessible(page);
      await picture(page, `sign-in-${scheme}`);
      await context.close();
    });

    test('inbox, a conversation, the compose window', async ({ openMail, product }) => {
      const page = await openMail(product.alice);
      await expectAccessible(page);
      await picture(page, `inbox-${scheme}`);
      await row(page, STORY).getByRole('link').first().click();
      await expect(page.getByRole('heading', { level: 1, name: STORY })).toBeVisible();
      await expect(page.getByRole('article').first()).toBeVisible();
      await expectAccessible(page);
      await picture(page, `conversation-${scheme}`);
      await page.getByRole('button', { name: 'Compose' }).first().click();
      const window = page.getByRole('dialog', { name: /^Compose:/ });
      await window.getByRole('textbox', { name: 'Subject' }).fill('Thursday');
      await window.getByRole('textbox', { name: 'Message text' }).click();
      await page.keyboard.type('Half past twelve suits me. I bring the proofs.');
      await expectAccessible(page);
      await picture(page, `compose-${scheme}`);
      await window.getByRole('button', { name: 'Discard draft' }).click();
    });

    test('settings and search', async ({ openMail, product }) => {
      const page = await openMail(product.alice);
      await page.goto('/settings/appearance');
      await expect(page.getByRole('radiogroup', { name: 'Theme' })).toBeVisible();
      await expectAccessible(page);
      await page.goto('/search?q=paper');
      await expect(page.getByRole('listitem').filter({ has: page.getByRole('checkbox') }).first()).toBeVisible();
      await expectAccessible(page);
      await picture(page, `search-${scheme}`);
    });
  });
}

test.describe('phone', () => {
  const { viewport, userAgent, deviceScaleFactor, isMobile, hasTouch } = devices['iPhone 13'];
  const phone = { viewport, userAgent, deviceScaleFactor, isMobile, hasTouch };

  test('list, conversation and back, without sideways scrolling', async ({ openMail, product }) => {
    const page = await openMail(product.alice, phone);
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(await overflow()).toBe(0);
    await expectAccessible(page);
    await picture(page, 'phone-inbox');
    await row(page, STORY).getByRole('link').first().tap();
    await expect(page.getByRole('heading', { level: 1, name: STORY })).toBeVisible();
    expect(await overflow()).toBe(0);
    await expectAccessible(page);
    await picture(page, 'phone-conversation');
    await page.getByRole('button', { name: 'Back' }).first().tap();
    await expect(row(page, STORY)).toBeVisible();
  });

  test('the drawer leads to another folder', async ({ openMail, product }) => {
    const page = await openMail(product.alice, { ...phone, colorScheme: 'dark' });
    await page.getByRole('button', { name: 'Menu' }).tap();
    await expectAccessible(page);
    await picture(page, 'phone-menu-dark');
    await page.getByRole('navigation', { name: 'Mailbox' }).getByRole('link', { name: /^Sent/ }).tap();
    await expect(page.getByRole('list', { name: 'Conversations in Sent' })).toBeVisible();
  });
});

test('a reader who asked for less motion and one who uses keys alone can work', async ({ openMail, product }) => {
  const page = await openMail(product.alice, { reducedMotion: 'reduce' });
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Conversation' })).toBeVisible();
  await page.keyboard.press('u');
  await page.keyboard.press('Shift+?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await expect(page.getByRole('combobox', { name: 'Search mail' }).or(page.getByRole('searchbox', { name: 'Search mail' }))).toBeFocused();
});
