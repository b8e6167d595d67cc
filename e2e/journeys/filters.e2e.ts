// Mail that is filed as it arrives, forwarded where it is wanted, and answered while one is away.
import { deliverFromOutside, imapMessage } from '../clients/mail-clients.ts';
import { runProgram } from '../clients/run-program.ts';
import { expect, row, signIn, test } from '../fixtures.ts';
import { OUTSIDE_DOMAIN } from '../outside.ts';

test('a filter from an opened message: tried, applied to what is here, filing what comes', async ({ openMail, product, unique }) => {
  const sender = `offers-${Date.now().toString(36)}@${OUTSIDE_DOMAIN}`;
  const first = unique('First offer');
  await deliverFromOutside(product, { from: `Offers <${sender}>`, to: product.alice.address, subject: first, text: 'Cheap.' });
  const page = await openMail(product.alice);
  const label = unique('Offers').replaceAll(' ', '-');
  const keyword = await page.evaluate(async (name) => {
    const { csrfToken } = (await (await fetch('/api/me')).json()) as { csrfToken: string };
    const made = await fetch('/api/labels', { method: 'POST', headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken }, body: JSON.stringify({ name }) });
    return ((await made.json()) as { items: { name: string; keyword: string }[] }).items.find((each) => each.name === name)!.keyword;
  }, label);
  await page.reload();
  await row(page, first).first().click();
  await page.getByRole('button', { name: 'More actions for this message' }).click();
  await page.getByRole('menuitem', { name: 'Filter messages like this' }).click();
  const dialog = page.getByRole('dialog', { name: 'Filter messages like this' });
  await expect(dialog.getByLabel('From contains')).toHaveValue(sender);
  await dialog.getByRole('button', { name: 'Try on my mail' }).click();
  await expect(dialog.getByText('1 message here matches:')).toBeVisible();
  await dialog.getByLabel('Move to').selectOption({ label: 'Archive' });
  await dialog.getByLabel('Label').selectOption({ label });
  await dialog.getByLabel('Mark as read').check();
  await dialog.getByLabel('Also apply it to mail that is here already').check();
  await dialog.getByRole('button', { name: 'Save filter' }).click();
  await expect(page.getByText('Applied to 1 message')).toBeVisible();
  const hasKeyword = async (subject: string) => [...(await imapMessage(product, product.alice, subject, 'Archive')).flags].some((flag) => flag.toLowerCase() === keyword.toLowerCase());
  expect(await hasKeyword(first)).toBe(true);
  const second = unique('Second offer');
  await deliverFromOutside(product, { from: `Offers <${sender}>`, to: product.alice.address, subject: second, text: 'Cheaper.' });
  const filed = await imapMessage(product, product.alice, second, 'Archive');
  expect(filed.flags).toContain('\\Seen');
  await expect.poll(() => hasKeyword(second)).toBe(true);
  // Off, it files nothing more.
  await page.goto('/settings/filters');
  await page.getByRole('checkbox', { name: `“${sender}” is on` }).click();
  await expect(page.getByRole('checkbox', { name: `“${sender}” is on` })).not.toBeChecked();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('No filters yet.')).toBeVisible();
  const third = unique('Third offer');
  await deliverFromOutside(product, { from: `Offers <${sender}>`, to: product.alice.address, subject: third, text: 'Cheapest.' });
  await imapMessage(product, product.alice, third, 'INBOX');
});

test('forwarding begins when the target agrees; an automatic reply goes once', async ({ browser, product, outside, unique }) => {
  const login = { address: `away-${Date.now().toString(36)}@eider.test`, password: 'a long enough password' };
  const made = await runProgram('npm', ['--silent', 'run', 'eider', '--', 'user', 'create', login.address, '--password-stdin'], { cwd: product.checkout, env: { EIDER_HOME: product.home }, input: `${login.password}\n` });
  expect(made.exitCode, made.stderr).toBe(0);
  const context = await browser.newContext({ baseURL: product.url });
  const page = await context.newPage();
  await page.goto('/settings/filters');
  await signIn(page, login);
  await page.getByLabel('Reply automatically').check();
  await page.getByLabel('Text', { exact: true }).fill('I am at sea.');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Automatic reply saved')).toBeVisible();
  const target = `elsewhere-${Date.now().toString(36)}@${OUTSIDE_DOMAIN}`;
  await page.getByLabel('Forward to').fill(target);
  await page.getByRole('button', { name: 'Send the link' }).click();
  const request = await outside.message((found) => found.recipients.includes(target));
  await expect(page.getByText('Waiting for the link to be followed')).toBeVisible();
  const link = /http\S+confirm-forwarding#[\w-]{43}/.exec(request.source.replace(/=\r\n/g, '').replaceAll('=3D', '='))?.[0];

  const early = unique('Too early');
  const sender = `vera-${Date.now().toString(36)}@${OUTSIDE_DOMAIN}`;
  await deliverFromOutside(product, { from: sender, to: login.address, subject: early, text: 'x' });
  await imapMessage(product, login, early);
  const reply = await outside.message((found) => found.recipients.includes(sender) && found.source.includes('I am at sea.'));
  expect(reply.source).toMatch(/^Auto-Submitted: auto-replied/im);
  const stranger = await browser.newContext();
  const agree = await stranger.newPage();
  await agree.goto(link!);
  await agree.getByRole('button', { name: 'I agree' }).click();
  await expect(agree.getByText(`Mail for ${login.address} is now forwarded to ${target}.`)).toBeVisible();
  await stranger.close();

  const later = unique('On time');
  await deliverFromOutside(product, { from: sender, to: login.address, subject: later, text: 'x' });
  await outside.message((found) => found.recipients.includes(target) && found.source.includes(later));
  expect(await outside.messages((found) => found.recipients.includes(sender))).toHaveLength(1);
  expect(await outside.messages((found) => found.recipients.includes(target) && found.source.includes(early))).toEqual([]);
  await context.close();
});
