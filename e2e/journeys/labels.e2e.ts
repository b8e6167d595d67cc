import { deliverFromOutside, imapMessage, openImap } from '../clients/mail-clients.ts';
import { expect, row, test } from '../fixtures.ts';

test('a label made in the browser is a tag over IMAP, a tag of a mail program a label in the browser', async ({ openMail, product, unique }) => {
  const subject = unique('Mooring fees');
  const name = unique('Harbour').replaceAll(' ', '-');
  const keyword = name.toLowerCase();
  const page = await openMail(product.bob);
  await deliverFromOutside(product, { to: product.bob.address, subject, text: 'Due on Friday.' });
  await row(page, subject).getByRole('checkbox').check();
  await page.keyboard.press('l');
  await page.getByRole('combobox', { name: 'Find or make a label' }).fill(name);
  await page.keyboard.press('Enter');
  await expect(row(page, subject).getByText(name, { exact: true })).toBeVisible();
  await expect.poll(async () => (await imapMessage(product, product.bob, subject)).flags).toContain(keyword);

  const link = page.getByRole('list', { name: 'Labels' }).getByRole('link', { name });
  await link.click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(row(page, subject)).toBeVisible();

  const client = await openImap(product, product.bob);
  const lock = await client.getMailboxLock('INBOX');
  try {
    const uids = (await client.search({ header: { subject } }, { uid: true })) || [];
    await client.messageFlagsAdd(uids, ['$label1'], { uid: true });
    await expect(row(page, subject).getByText('Important', { exact: true })).toBeVisible();
    await client.messageFlagsRemove(uids, [keyword], { uid: true });
    await expect(row(page, subject)).toHaveCount(0);
  } finally {
    lock.release();
    await client.logout();
  }
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await expect(row(page, subject)).toBeVisible();

  // Refused: put back, and said.
  await page.route('**/api/conversations/actions', (route) => route.fulfill({ status: 503, json: { error: { code: 'mail_store_unavailable', message: 'The mail store does not answer at the moment.', request_id: 'x' } } }));
  await row(page, subject).getByRole('checkbox').check();
  await page.keyboard.press('l');
  await page.getByRole('combobox', { name: 'Find or make a label' }).fill(name);
  await page.keyboard.press('Enter');
  await expect(page.getByText('Not done: The mail store does not answer at the moment.')).toBeVisible();
  await expect(row(page, subject).getByText(name, { exact: true })).toHaveCount(0);

  // And with the server back: on, then off again with the undo key.
  await page.unroute('**/api/conversations/actions');
  await row(page, subject).getByRole('checkbox').check();
  await page.keyboard.press('l');
  await page.getByRole('combobox', { name: 'Find or make a label' }).fill(name);
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await imapMessage(product, product.bob, subject)).flags).toContain(keyword);
  await page.keyboard.press('z');
  await expect(row(page, subject).getByText(name, { exact: true })).toHaveCount(0);
  await expect.poll(async () => (await imapMessage(product, product.bob, subject)).flags).not.toContain(keyword);
});
