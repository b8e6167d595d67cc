// How pages look: screenshots for people, and what a machine can see of accessibility.
import { AxeBuilder } from '@axe-core/playwright';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type Page } from 'playwright/test';

/** Screenshots for people are written where they are asked for: `EIDER_SCREENSHOTS=docs/screenshots npm run e2e`. */
const FOLDER = process.env['EIDER_SCREENSHOTS'];

async function settle(page: Page): Promise<void> {
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.waitForLoadState('networkidle').catch(() => undefined); // The event stream may count as traffic.
}

/** The page as it is, for docs/screenshots. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!FOLDER) return;
  const folder = join(fileURLToPath(new URL('..', import.meta.url)), FOLDER);
  mkdirSync(folder, { recursive: true });
  await settle(page);
  await page.screenshot({ path: join(folder, `${name}.jpg`), type: 'jpeg', quality: 82, animations: 'disabled' });
}

/** No fault of WCAG 2.2 A and AA that a machine can see. The mail itself is its sender's. */
export async function expectAccessible(page: Page): Promise<void> {
  await settle(page);
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .exclude('iframe')
    .analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
  expect(found).toEqual([]);
}
