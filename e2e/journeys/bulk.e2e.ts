import { openImap } from '../clients/mail-clients.ts';
import { expect, test } from '../fixtures.ts';

test('all conversations of a folder, also those not loaded: labelled by the server, and all taken back', async ({ openMail, product, unique }) => {
  const folder = unique('Logbook').replaceAll(' ', '-');
  const name = unique('Read again').replaceAll(' ', '-');
  const count = 60;
  const client = await openImap(product, product.bob);
  await client.mailboxCreate(folder);
  for (let n = 1; n <= count; n++) {
    await client.append(folder, `From: Purser <purser@outside.example>\r\nSubject: Entry ${n} of ${folder}\r\nMessage-ID: <${n}.${folder}@outside.example>\r\n\r\nDay ${n}.\r\n`, ['\\Seen']);
  }
  const page = await openMail(product.bob);
  await page.getByRole('navigation', { name: 'Mailbox' }).getByRole('link', { name: folder }).click();
  await expect(page.getByText(`Entry ${count} of ${folder}`)).toBeVisible();

  await page.keyboard.press('*');
  await page.keyboard.press('a');
  await page.getByRole('button', { name: `Select all ${count} conversations in ${folder}` }).click();
  await expect(page.getByText(`All ${count} conversations in ${folder} are selected.`)).toBeVisible();
  await page.keyboard.press('l');
  await page.getByRole('combobox', { name: 'Find or make a label' }).fill(name);
  await page.keyboard.press('Enter');
  const actions = page.getByRole('region', { name: 'Large actions' });
  await expect(actions.getByText(`${count} conversations done`)).toBeVisible();

  const lock = await client.getMailboxLock(folder);
  const labelled = async (): Promise<number> => {
    const uids = await client.search({ keyword: name.toLowerCase() }, { uid: true });
    return uids ? uids.length : 0;
  };
  try {
    expect(await labelled()).toBe(count);
    await actions.getByRole('button', { name: 'Undo' }).click();
    await expect(actions.getByText('Undone')).toBeVisible();
    expect(await labelled()).toBe(0);
  } finally {
    lock.release();
    await client.logout();
  }
});
