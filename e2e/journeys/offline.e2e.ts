// Without a network: what was read is there, what is done waits its turn, and signing out leaves nothing behind.
import { deliverFromOutside } from '../clients/mail-clients.ts';
import { expect, openedText, row, test } from '../fixtures.ts';
import type { Page } from 'playwright/test';

const kept = (page: Page) =>
  page.evaluate(async () => {
    const sizes = await Promise.all((await caches.keys()).map(async (name) => [name, (await (await caches.open(name)).keys()).length] as const));
    const databases = (await indexedDB.databases()).map(({ name }) => name).sort();
    return { caches: Object.fromEntries(sizes), databases };
  });

test('offline and back: reading, archiving, replaying, leaving', async ({ browser, product, unique }) => {
  const subject = unique('Read on the train');
  await deliverFromOutside(product, { to: product.bob.address, subject, messageId: `<${Date.now()}.train@outside.example>`, text: 'The minutes of Monday.\n\nVera' });
  const context = await browser.newContext({ baseURL: product.url });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.getByRole('textbox', { name: 'Email address' }).fill(product.bob.address);
  await page.getByLabel('Password', { exact: true }).fill(product.bob.password);
  await page.getByRole('checkbox', { name: 'Keep me signed in' }).check();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(row(page, subject)).toBeVisible();

  // Installable: a manifest with icons that launchers may cut.
  const manifest = (await (await page.request.get((await page.locator('link[rel=manifest]').getAttribute('href'))!)).json()) as { display: string; icons: { src: string; purpose: string }[] };
  expect(manifest.display).toBe('standalone');
  for (const { src } of manifest.icons) expect((await page.request.get(src)).headers()['content-type']).toBe('image/png');
  expect(manifest.icons.map((icon) => icon.purpose)).toContain('maskable');

  // The worker has the app's files and the page itself.
  const files = ((await (await page.request.get('/offline-files.json')).json()) as string[]).length;
  expect(files).toBeGreaterThan(50);
  await expect.poll(async () => (await kept(page)).caches['eider-files'] ?? 0, { timeout: 60_000 }).toBeGreaterThanOrEqual(files);
  await row(page, subject).getByRole('link').first().click();
  await expect.poll(() => openedText(page)).toContain('The minutes of Monday.');
  await page.goBack();

  await context.setOffline(true);
  await page.reload();
  // Chromium’s imitation of being offline forgets to tell a page that a service worker has brought.
  await expect(page.getByText(/You’re offline|Connection to the server lost/)).toBeVisible();
  await row(page, subject).getByRole('link').first().click();
  await expect.poll(() => openedText(page)).toContain('The minutes of Monday.');
  await page.keyboard.press('e');
  await expect(page.getByText('Done here; the server hears of it when you’re back online')).toBeVisible();
  await expect(row(page, subject)).toHaveCount(0);
  // The page that was kept may be from before it was read: then opening it has marked it read once more.
  await expect(page.getByText(/(1 change waits|2 changes wait)\./)).toBeVisible();

  await context.setOffline(false);
  const archived = async () =>
    ((await (await page.request.get('/api/mailbox/archive?limit=50')).json()) as { items: { subject: string }[] }).items.map((item) => item.subject);
  await expect.poll(archived, { timeout: 60_000 }).toContain(subject);
  await expect(page.getByText(/(change waits|changes wait)\./)).toHaveCount(0);

  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in to Eider' })).toBeVisible();
  const left = await kept(page);
  expect(Object.keys(left.caches).filter((name) => name !== 'eider-files')).toEqual([]);
  expect(left.databases).toEqual([]);
  await context.close();
});

test('a device that does not stay signed in keeps no mail', async ({ openMail, product }) => {
  const page = await openMail(product.bob);
  await expect.poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state), { timeout: 60_000 }).toBe('activated');
  await page.reload();
  await expect(page.locator('html[data-keyboard=ready]')).toBeAttached();
  expect((await kept(page)).caches['eider-mail'] ?? 0).toBe(0);
});
