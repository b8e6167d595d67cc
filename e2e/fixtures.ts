// What every journey starts from: the product, the outside world's mail server, and browser windows that are signed
// in already.
import { test as base, expect, type APIRequestContext, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright/test';
import type { Login, ProductAddress } from '../test/product/product.ts';
import { HANDOVER_VARIABLE, type Handover } from './global-set-up.ts';
import { outsideAt, type Outside } from './outside.ts';

type SavedSession = Awaited<ReturnType<BrowserContext['storageState']>>;

interface WorkerFixtures {
  handover: Handover;
  product: ProductAddress;
  outside: Outside;
  /** Sessions by address: signing in once per account keeps the journeys below the rate limit. */
  sessions: Map<string, SavedSession>;
}

interface TestFixtures {
  /** A new window, signed in as the account, on its inbox. */
  openMail(login: Login, options?: BrowserContextOptions): Promise<Page>;
  /** The API with the account's session and no window: for what needs none, which is far quicker. */
  openApi(login: Login): Promise<APIRequestContext>;
  /** A subject that no other message has. */
  unique(words: string): string;
}

let count = 0;

export const test = base.extend<TestFixtures, WorkerFixtures>({
  handover: [
    async ({}, use) => {
      const text = process.env[HANDOVER_VARIABLE];
      if (!text) throw new Error(`${HANDOVER_VARIABLE} is missing: run through e2e/playwright.config.ts`);
      await use(JSON.parse(text) as Handover);
    },
    { scope: 'worker' },
  ],
  product: [
    async ({ handover }, use, { parallelIndex }) => {
      const pair = handover.pairs[parallelIndex];
      if (!pair) throw new Error(`there are accounts for ${handover.pairs.length} workers only`);
      await use({ ...handover.product, ...pair });
    },
    { scope: 'worker' },
  ],
  outside: [async ({ handover }, use) => use(outsideAt(handover.outsideUrl)), { scope: 'worker' }],
  sessions: [async ({}, use) => use(new Map()), { scope: 'worker' }],
  openMail: async ({ browser, product, sessions, contextOptions }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (login, options = {}) => {
      const storageState = sessions.get(login.address);
      const context = await browser.newContext({ ...contextOptions, baseURL: product.url, storageState, ...options });
      contexts.push(context);
      const page = await context.newPage();
      await page.goto('/mail/inbox');
      if (!storageState) {
        await signIn(page, login);
        await expect(page.getByRole('heading', { level: 1, name: 'Inbox' })).toBeVisible();
        // Journeys that send wait for nothing; the one about undoing asks for its own time.
        await setUndoSeconds(page, 0);
        await page.reload();
      }
      await expect(page.getByRole('heading', { level: 1, name: 'Inbox' })).toBeVisible();
      // The server's own rendering shows the rows before the page listens to keys.
      await expect(page.locator('html[data-keyboard=ready]')).toBeAttached();
      if (!storageState) sessions.set(login.address, await context.storageState());
      return page;
    });
    for (const context of contexts) await context.close();
  },
  openApi: async ({ playwright, product, sessions }, use) => {
    const opened: APIRequestContext[] = [];
    await use(async (login) => {
      const storageState = sessions.get(login.address);
      const api = await playwright.request.newContext({ baseURL: product.url, storageState });
      opened.push(api);
      if (!storageState) {
        const { address, password } = login;
        expect((await api.post('/api/session', { data: { address, password } })).status()).toBe(200);
        sessions.set(address, await api.storageState());
      }
      return api;
    });
    for (const api of opened) await api.dispose();
  },
  unique: async ({}, use) => {
    await use((words) => `${words} ${process.pid.toString(36)}${(++count).toString(36)}${Date.now().toString(36)}`);
  },
});

/** Sets how long the account's messages wait after "Send"; pages that are open learn of it when they load. */
export async function setUndoSeconds(page: Page, undoSeconds: number): Promise<void> {
  const { csrfToken } = (await (await page.request.get('/api/me')).json()) as { csrfToken: string };
  const answer = await page.request.patch('/api/settings', { data: { undoSeconds }, headers: { 'x-csrf-token': csrfToken, origin: new URL(page.url()).origin } });
  expect(answer.status()).toBe(200);
}

/** Fills in the sign-in form that the page shows. */
export async function signIn(page: Page, login: Login): Promise<void> {
  await page.getByRole('textbox', { name: 'Email address' }).fill(login.address);
  await page.getByLabel('Password', { exact: true }).fill(login.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** The row of the list whose conversation has this subject. */
export function row(page: Page, subject: string) {
  return page.getByRole('listitem').filter({ hasText: subject });
}

/** The text of every opened message, whether it is shown as text or as a document of its own. */
export async function openedText(page: Page): Promise<string> {
  const plain = await page.getByTestId('message-text').allInnerTexts();
  const frames = await page.locator('iframe[title="Message text"]').elementHandles();
  const documents = await Promise.all(
    frames.map(async (element) => {
      const frame = await element.contentFrame();
      return (await frame?.locator('body').innerText({ timeout: 2_000 }).catch(() => '')) ?? ''; // Just being replaced.
    }),
  );
  return [...plain, ...documents].join('\n');
}

export { expect };
