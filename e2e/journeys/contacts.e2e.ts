// People: brought by a file, merged and brought apart again, written to as a group, kept from a message.
import { devices } from 'playwright/test';
import { deliverFromOutside } from '../clients/mail-clients.ts';
import { expect, row, test } from '../fixtures.ts';
import { expectAccessible, picture } from '../looks.ts';
import { OUTSIDE_DOMAIN } from '../outside.ts';

const card = (uid: string, name: string, address: string, more: string[] = []) =>
  ['BEGIN:VCARD', 'VERSION:3.0', `UID:${uid}`, `FN:${name}`, `EMAIL;TYPE=WORK:${address}`, ...more, 'END:VCARD', ''].join('\r\n');
const CARDS = [
  card('one', 'Ada Lovelace', 'ada@engines.example', ['N:Lovelace;Ada;;;', 'TEL;TYPE=CELL:+44 20 7946 0001', 'ORG:Analytical Engines', 'CATEGORIES:Pioneers', 'BDAY:1815-12-10']),
  card('two', 'Grace Hopper', 'grace@navy.example', ['CATEGORIES:Pioneers', 'ORG:Navy']),
  card('three', 'Renée Noir', 'renee@noir.example'),
  card('four', 'Noir Renee', 'r.noir@press.example', ['TEL:+33 1 70 00 00 01']),
].join('');

test('contacts from a file: found, merged, taken back, written to as a group; a sender is kept', async ({ openMail, product, unique }) => {
  const page = await openMail(product.alice);
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await expect(page.getByRole('heading', { level: 1, name: 'Contacts' })).toBeVisible();
  await page.getByLabel('Import vCards…').setInputFiles({ name: 'people.vcf', mimeType: 'text/vcard', buffer: Buffer.from(CARDS) });
  await expect(page.getByText('4 contacts imported')).toBeVisible();
  const list = page.getByRole('list', { name: 'Contacts' }).getByRole('listitem');
  await expect(list).toHaveText([/Ada Lovelace/, /Grace Hopper/, /Noir Renee/, /Renée Noir/]);
  await expectAccessible(page);
  await picture(page, 'contacts-light');
  await page.getByRole('searchbox', { name: 'Search contacts' }).fill('renee');
  await expect(list).toHaveCount(2);
  await page.getByRole('searchbox', { name: 'Search contacts' }).fill('');

  await page.getByRole('button', { name: 'More for contacts' }).click();
  await page.getByRole('menuitem', { name: 'Find duplicates' }).click();
  await page.getByRole('button', { name: 'Merge Noir Renee' }).click();
  await expect(page.getByText('No two contacts share an address or a name.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(list).toHaveText([/Ada Lovelace/, /Grace Hopper/, /Noir Renee.*\+1/]);
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await expect(list).toHaveCount(4);

  await list.filter({ hasText: 'Ada' }).getByRole('button').click();
  const dialog = page.getByRole('dialog', { name: 'Ada Lovelace' });
  await expect(dialog.getByText('1815-12-10')).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole('textbox', { name: 'Email address 1', exact: true }).fill('not an address');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toContainText('name@domain');
  await dialog.getByRole('textbox', { name: 'Email address 1', exact: true }).fill('ada@engine.example');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(list.filter({ hasText: 'ada@engine.example' })).toBeVisible();

  await page.getByRole('button', { name: 'Compose' }).first().click();
  const compose = page.getByRole('dialog', { name: /^Compose:/ });
  await compose.getByRole('combobox', { name: 'To' }).fill('pion');
  await page.getByRole('option', { name: /Pioneers.*Group of 2 people/ }).waitFor();
  await page.keyboard.press('Enter');
  await expect(compose.getByRole('button', { name: /^Remove (Ada Lovelace|Grace Hopper)$/ })).toHaveCount(2);
  await compose.getByRole('button', { name: 'Discard draft' }).click();

  const sender = `vera-${Date.now().toString(36)}@${OUTSIDE_DOMAIN}`;
  const subject = unique('From a stranger');
  await page.goto('/mail/inbox');
  await expect(page.locator('html[data-keyboard=ready]')).toBeAttached();
  await deliverFromOutside(product, { from: `Vera Boats <${sender}>`, to: product.alice.address, subject, text: 'Hello.' });
  await row(page, subject).getByRole('link').first().click();
  await page.getByRole('button', { name: 'More actions for this message' }).click();
  await page.getByRole('menuitem', { name: 'Add to contacts' }).click();
  await page.getByRole('dialog', { name: 'New contact' }).getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Vera Boats is now a contact')).toBeVisible();

  // On a phone, in the dark: all deleted, and all back.
  const { viewport, userAgent, deviceScaleFactor, isMobile, hasTouch } = devices['iPhone 13'];
  const small = await openMail(product.alice, { viewport, userAgent, deviceScaleFactor, isMobile, hasTouch, colorScheme: 'dark' });
  await small.goto('/mail/contacts');
  const left = small.getByRole('list', { name: 'Contacts' }).getByRole('listitem');
  await expect(left).toHaveCount(5);
  expect(await small.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
  await expectAccessible(small);
  await picture(small, 'phone-contacts-dark');
  for (const box of await left.getByRole('checkbox').all()) await box.check();
  await small.getByRole('button', { name: 'Delete', exact: true }).tap();
  await expect(small.getByText('No contacts yet')).toBeVisible();
  await small.getByRole('button', { name: 'Undo' }).tap();
  await expect(left).toHaveCount(5);
});
