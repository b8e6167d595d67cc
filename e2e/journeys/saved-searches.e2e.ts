import { deliverFromOutside } from '../clients/mail-clients.ts';
import { expect, row, test } from '../fixtures.ts';

test('a search is kept under a name, leads back to its results from another page, and is forgotten', async ({ openMail, product, unique }) => {
  const subject = unique('Lighthouse');
  const word = subject.split(' ').at(-1)!;
  const page = await openMail(product.alice);
  await deliverFromOutside(product, { to: product.alice.address, subject, text: 'The lamp was changed.' });
  await expect(row(page, subject)).toBeVisible();
  await page.goto(`/search?q=${encodeURIComponent(`subject:${word}`)}`);
  await expect(row(page, subject)).toBeVisible();
  await page.getByRole('button', { name: 'Save search' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save search' });
  await dialog.getByRole('textbox').fill(`Lamps ${word}`);
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  const saved = page.getByRole('list', { name: 'Saved searches' });
  await expect(saved.getByRole('link', { name: `Lamps ${word}` })).toHaveAttribute('aria-current', 'page');
  await page.goto('/mail/inbox');
  await saved.getByRole('link', { name: `Lamps ${word}` }).click();
  await expect(page.getByRole('listitem').filter({ hasText: subject })).toHaveCount(1);
  await page.getByRole('button', { name: 'Forget this saved search' }).click();
  await expect(saved.getByRole('link', { name: `Lamps ${word}` })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Save search' })).toBeVisible();
});
