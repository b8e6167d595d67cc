import { expect, signIn, test } from '../fixtures.ts';

test.describe('signing in and out', () => {
  test('a wrong password is refused without telling why, and the right one leads to where one wanted to go', async ({ browser, product }) => {
    const context = await browser.newContext({ baseURL: product.url });
    const page = await context.newPage();
    await page.goto('/mail/archive');
    await expect(page).toHaveURL(/\/sign-in\?.*next=/);
    await signIn(page, { address: product.bob.address, password: 'not the password' });
    await expect(page.getByRole('alert').filter({ hasText: /\w/ })).toBeVisible();
    await signIn(page, { address: 'nobody@eider.test', password: 'not the password' });
    await expect(page.getByRole('alert').filter({ hasText: /\w/ })).toBeVisible();
    await expect(page).toHaveURL(/\/sign-in/);
    await signIn(page, product.bob);
    await expect(page).toHaveURL(/\/mail\/archive/);
    await context.close();
  });

  test('after signing out the session is dead, also for a copy of its cookie', async ({ browser, product }) => {
    const context = await browser.newContext({ baseURL: product.url });
    const page = await context.newPage();
    await page.goto('/mail/inbox');
    await signIn(page, product.bob);
    await expect(page.getByRole('heading', { level: 1, name: 'Inbox' })).toBeVisible();
    const stolen = await context.storageState();
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await expect(page.getByRole('heading', { name: 'Sign in to Eider' })).toBeVisible();
    const thief = await browser.newContext({ baseURL: product.url, storageState: stolen });
    const answer = await thief.request.get('/api/me');
    expect(answer.status()).toBe(401);
    await context.close();
    await thief.close();
  });

  test('cookies are out of reach of scripts and other sites, pages carry a strict policy', async ({ openMail, product }) => {
    const page = await openMail(product.alice);
    const cookies = await page.context().cookies();
    const session = cookies.find((cookie) => cookie.httpOnly);
    expect(session).toBeDefined();
    expect(['Lax', 'Strict']).toContain(session?.sameSite);
    const answer = await page.goto('/mail/inbox');
    const policy = answer?.headers()['content-security-policy'] ?? '';
    expect(policy).toMatch(/script-src[^;]*'nonce-/);
    expect(policy).not.toMatch(/script-src[^;]*'unsafe-inline'/);
    expect(answer?.headers()['x-content-type-options']).toBe('nosniff');
  });

  test('an unsafe request without the CSRF token is refused', async ({ openApi, product }) => {
    const api = await openApi(product.alice);
    const answer = await api.post('/api/mailbox/folders', { data: { path: 'Forged' } });
    expect(answer.status()).toBe(403);
    expect(await answer.json()).toMatchObject({ error: { code: 'csrf_failed' } });
  });
});

test('health tells of every component and no secret', async ({ request, product }) => {
  const answer = await request.get(`${product.url}/api/health`);
  expect(answer.status()).toBe(200);
  const health = (await answer.json()) as { status: string; components: Record<string, { status: string; detail: string }> };
  expect(['ok', 'degraded']).toContain(health.status);
  expect(Object.keys(health.components).length).toBeGreaterThan(4);
  expect(JSON.stringify(health)).not.toContain(product.alice.password);
  expect(JSON.stringify(health)).not.toMatch(/:\/\/[^"/]*:[^"/]*@/);
});
