// What the browser's user waits for, in Debian's Chromium on alice's demo mailbox: first rows after signing in and when
// coming back, opening and starring until it is painted, what is fetched, how the layout moves, and memory.
//
//   npm run bench:browser -- [--rounds 15] [--opens 1000]
import { parseArgs } from 'node:util';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright';
import type { ProductAddress } from '../test/product/product.ts';
import { percentiles, printRow } from './measurement.ts';
import { withProduct } from './with-product.ts';

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '15' }, opens: { type: 'string', default: '1000' } } });
const ROUNDS = Number(options.rounds);
const OPENS = Number(options.opens);
const ROW = '[data-conversation-id]';
const LAUNCH = {
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run', '--enable-precise-memory-info'],
};

/** Runs in every page: keeps the largest paint, the sum of layout shifts, and when the first row had been painted. */
const OBSERVE = `
  window.__vitals = { lcp: 0, cls: 0, firstRow: 0 };
  const look = () => requestAnimationFrame(() => {
    if (!document.querySelector('${ROW}')) look();
    else requestAnimationFrame(() => { window.__vitals.firstRow = performance.now(); });
  });
  look();
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.__vitals.lcp = entry.startTime; }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__vitals.cls += entry.value; }).observe({ type: 'layout-shift', buffered: true });
`;

interface Vitals {
  lcp: number;
  cls: number;
  firstRow: number;
}

const readVitals = (page: Page): Promise<Vitals> => page.evaluate(() => (window as unknown as { __vitals: Vitals }).__vitals);

interface Click {
  /** What is clicked. */
  target: string;
  /** Whose text or attributes tell that it is done. */
  watched: string;
  /** A part of the address that has to be there as well. */
  path?: string;
}

/** Clicks and waits until what is watched has changed and has been painted. @returns milliseconds, by the page's own clock */
const untilPainted = (page: Page, click: Click): Promise<number> =>
  page.evaluate(
    ({ target, watched, path }) => new Promise<number>((resolve, reject) => {
      const state = (): string => {
        const element = document.querySelector<HTMLElement>(watched);
        return element ? `${element.dataset['starred'] ?? ''} ${element.textContent}` : '';
      };
      const before = state();
      const started = performance.now();
      document.querySelector<HTMLElement>(target)?.click();
      const look = (): void => {
        if (state() !== before && location.pathname.includes(path ?? '')) requestAnimationFrame(() => resolve(performance.now() - started));
        else if (performance.now() - started > 20_000) reject(new Error(`${watched} stayed as it was`));
        else requestAnimationFrame(look);
      };
      look();
    }),
    click,
  );

async function signIn(page: Page, product: ProductAddress): Promise<void> {
  await page.goto('/sign-in');
  await page.getByRole('textbox').first().fill(product.alice.address);
  await page.locator('input[type=password]').fill(product.alice.password);
}

async function signingIn(browser: Browser, product: ProductAddress): Promise<BrowserContext> {
  const times: number[] = [];
  let context: BrowserContext | undefined;
  let scripts = 0;
  let all = 0;
  for (let round = 0; round < Math.min(ROUNDS, 5); round++) {
    await context?.close();
    context = await browser.newContext({ baseURL: product.url, viewport: { width: 1360, height: 860 } });
    const page = await context.newPage();
    await signIn(page, product);
    const started = performance.now();
    await page.locator('button[type=submit]').click();
    await page.locator(ROW).first().waitFor();
    times.push(performance.now() - started);
    await page.close();
  }
  printRow('sign-in → first rows (new profile)', percentiles(times));

  // What a new profile fetches for the mail page alone.
  const fresh = await browser.newContext({ baseURL: product.url, storageState: await context!.storageState(), viewport: { width: 1360, height: 860 } });
  const page = await fresh.newPage();
  const session = await fresh.newCDPSession(page);
  const kinds = new Map<string, string>();
  await session.send('Network.enable');
  session.on('Network.responseReceived', ({ requestId, type }) => void kinds.set(requestId, type));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    all += encodedDataLength;
    if (kinds.get(requestId) === 'Script') scripts += encodedDataLength;
  });
  await page.addInitScript(OBSERVE);
  await page.goto('/mail/inbox');
  await page.locator('html[data-keyboard=ready]').waitFor({ state: 'attached' });
  const { lcp, cls } = await readVitals(page);
  console.log(`cold mail page until it takes keys: ${(scripts / 1024).toFixed(0)} KiB of scripts, ${(all / 1024).toFixed(0)} KiB in all, LCP ${lcp.toFixed(0)} ms, CLS ${cls.toFixed(3)}`);
  await fresh.close();
  return context!;
}

async function comingBack(context: BrowserContext): Promise<void> {
  const rows: number[] = [];
  const largest: number[] = [];
  let shift = 0;
  for (let round = 0; round < ROUNDS + 2; round++) {
    const page = await context.newPage();
    await page.addInitScript(OBSERVE);
    await page.goto('/mail/inbox');
    await page.locator('html[data-keyboard=ready]').waitFor({ state: 'attached' });
    const { lcp, cls, firstRow } = await readVitals(page);
    if (round >= 2) {
      rows.push(firstRow);
      largest.push(lcp);
      shift = Math.max(shift, cls);
    }
    await page.close();
  }
  printRow('warm page → first rows', percentiles(rows));
  printRow('warm page: LCP', percentiles(largest));
  console.log(`warm page: CLS at most ${shift.toFixed(3)}`);
}

async function acting(context: BrowserContext): Promise<void> {
  const page = await context.newPage();
  await page.goto('/mail/inbox');
  await page.locator('html[data-keyboard=ready]').waitFor({ state: 'attached' });
  const stars: number[] = [];
  for (let round = 0; round < ROUNDS * 2; round++) {
    const row = `[data-conversation-id="${(await page.locator(ROW).nth(round % 6).getAttribute('data-conversation-id'))!}"]`;
    stars.push(await untilPainted(page, { target: `${row} button[aria-pressed]`, watched: row }));
    await page.waitForTimeout(150);
  }
  printRow('star → painted', percentiles(stars));
  const opens: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const row = page.locator(ROW).nth(round % 10);
    await row.hover();
    await page.waitForTimeout(600); // The hover has fetched it.
    const id = (await row.getAttribute('data-conversation-id'))!;
    opens.push(await untilPainted(page, { target: `[data-conversation-id="${id}"] [data-row-link]`, watched: 'h1[dir=auto]', path: id }));
  }
  printRow('open, prefetched → painted', percentiles(opens));
  await page.close();
}

async function memory(context: BrowserContext): Promise<void> {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await page.goto('/mail/inbox');
  await page.locator('html[data-keyboard=ready]').waitFor({ state: 'attached' });
  const used = async (): Promise<number> => {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    return usedSize / 1024 / 1024;
  };
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const marks: string[] = [];
  for (let opened = 0; opened <= OPENS; opened++) {
    if (opened % Math.ceil(OPENS / 5) === 0) marks.push(`${opened}: ${(await used()).toFixed(1)} MiB`);
    // Down to the end of what is loaded and back: each press opens the next conversation.
    await page.keyboard.press(Math.floor(opened / 40) % 2 === 0 ? 'j' : 'k');
    await page.waitForTimeout(60);
  }
  console.log(`script memory after so many opened messages: ${marks.join(', ')}`);
  await page.close();
}

await withProduct(async (product) => {
  const browser = await chromium.launch(LAUNCH);
  try {
    const context = await signingIn(browser, product);
    await comingBack(context);
    await acting(context);
    await memory(context);
  } finally {
    await browser.close();
  }
});
