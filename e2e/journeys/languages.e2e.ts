// The app in a language from right to left: every main view, and nothing of another language in the browser.
import { devices, type Page } from 'playwright/test';
import { expect, row, signIn, test } from '../fixtures.ts';
import { expectAccessible, picture } from '../looks.ts';

const STORY = 'Cover, third round';
/** Words of the English texts of the first page; the Arabic page must not carry them. */
const ENGLISH = 'You’re all caught up';

async function setLanguage(page: Page, language: 'auto' | 'ar'): Promise<void> {
  const { csrfToken } = (await (await page.request.get('/api/me')).json()) as { csrfToken: string };
  const answer = await page.request.patch('/api/settings', { data: { language }, headers: { 'x-csrf-token': csrfToken, origin: new URL(page.url()).origin } });
  expect(answer.status()).toBe(200);
}

async function sideways(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

test('a browser that asks for Arabic is met in it, also when it mistypes', async ({ browser, product }) => {
  const context = await browser.newContext({ baseURL: product.url, locale: 'ar-EG' });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  await expect(page.getByRole('heading', { name: 'تسجيل الدخول إلى Eider' })).toBeVisible();
  await expectAccessible(page);
  await picture(page, 'rtl-sign-in');
  await page.getByRole('textbox', { name: 'عنوان البريد الإلكتروني' }).fill('nobody@eider.test');
  await page.getByLabel('كلمة المرور', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'تسجيل الدخول' }).click();
  await expect(page.getByText('العنوان أو كلمة المرور غير صحيحة.')).toBeVisible();
  await context.close();
});

test('the main views in Arabic, chosen in the settings', async ({ openMail, product }) => {
  const page = await openMail(product.alice);
  await page.goto('/settings/appearance');
  // The list is there before it listens.
  await expect(async () => {
    await page.getByLabel('Language').selectOption('ar');
    await expect(page.locator('html')).toHaveAttribute('lang', 'ar', { timeout: 5_000 });
  }).toPass();
  try {
    await expect(page.getByRole('heading', { level: 2, name: 'عام' })).toBeVisible();
    await expectAccessible(page);
    await picture(page, 'rtl-settings');

    const scripts: Promise<string>[] = [];
    page.on('response', (response) => {
      if (response.request().resourceType() === 'script') scripts.push(response.text().catch(() => ''));
    });
    await page.goto('/mail/inbox');
    await expect(page.getByRole('heading', { level: 1, name: 'الوارد' })).toBeVisible();
    await expect(page.locator('html[data-keyboard=ready]')).toBeAttached();
    await expectAccessible(page);
    await picture(page, 'rtl-inbox');
    await page.waitForLoadState('networkidle').catch(() => undefined);
    const loaded = await Promise.all(scripts);
    expect(loaded.length).toBeGreaterThan(0);
    expect(loaded.filter((text) => text.includes(ENGLISH))).toEqual([]);

    await row(page, STORY).getByRole('link').first().click();
    await expect(page.getByRole('heading', { level: 1, name: STORY })).toBeVisible();
    await expect(page.getByRole('article').first()).toBeVisible();
    await expectAccessible(page);
    await picture(page, 'rtl-conversation');
    await page.keyboard.press('c');
    await expect(page.getByRole('dialog', { name: /^كتابة:/ }).getByRole('textbox', { name: 'نص الرسالة' })).toBeVisible();
    await expectAccessible(page);
    await picture(page, 'rtl-compose');
    for (const section of ['account', 'writing', 'filters', 'security', 'apps', 'privacy', 'devices']) {
      await page.goto(`/settings/${section}`);
      await expect(page.getByRole('main').getByRole('heading', { level: 2 })).toHaveText(/\p{Script=Arabic}/u);
      await expectAccessible(page);
    }
    await page.goto('/search?q=paper');
    await expect(page.getByRole('listitem').filter({ has: page.getByRole('checkbox') }).first()).toBeVisible();
    await expectAccessible(page);
  } finally {
    await setLanguage(page, 'auto');
  }
});

test('the phone in Arabic: nothing leaves the screen', async ({ openMail, product }) => {
  const { viewport, userAgent, deviceScaleFactor, isMobile, hasTouch } = devices['iPhone 13'];
  const page = await openMail(product.alice, { viewport, userAgent, deviceScaleFactor, isMobile, hasTouch });
  await setLanguage(page, 'ar');
  try {
    await page.reload();
    await expect(page.getByRole('heading', { level: 1, name: 'الوارد' })).toBeVisible();
    expect(await sideways(page)).toBe(0);
    await picture(page, 'rtl-phone-inbox');
    await page.getByRole('button', { name: 'القائمة' }).tap();
    await expect(page.getByRole('dialog')).toBeVisible();
    await expectAccessible(page);
  } finally {
    await setLanguage(page, 'auto');
  }
});

test('without a session the choice is not remembered for others once it is undone', async ({ browser, product }) => {
  const context = await browser.newContext({ baseURL: product.url });
  const page = await context.newPage();
  await page.goto('/mail/inbox');
  await signIn(page, product.bob);
  await expect(page.getByRole('heading', { level: 1, name: 'Inbox' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  expect((await context.cookies()).filter(({ name }) => name === 'eider-language')).toEqual([]);
  await context.close();
});
