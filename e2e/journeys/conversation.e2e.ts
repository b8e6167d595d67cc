import { deliverFromOutside, imapMessage } from '../clients/mail-clients.ts';
import { expect, openedText, row, test } from '../fixtures.ts';

test.describe('receiving, reading, answering', () => {
  test('mail from outside shows up without a reload; the answer arrives threaded, with a copy in Sent', async ({ openMail, product, outside, unique }) => {
    const subject = unique('Boat for sale');
    const page = await openMail(product.bob);
    const messageId = `<${Date.now()}.boat@outside.example>`;
    await deliverFromOutside(product, { to: product.bob.address, subject, messageId, text: 'Still interested in the boat?\n\nVera' });
    await expect(row(page, subject)).toBeVisible();
    await expect(row(page, subject)).toHaveAttribute('data-unread', 'true');
    await row(page, subject).getByRole('link').first().click();
    await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
    await expect.poll(() => openedText(page)).toContain('Still interested in the boat?');
    await expect(row(page, subject)).toHaveAttribute('data-unread', 'false');

    await page.getByRole('button', { name: 'Reply', exact: true }).first().click();
    const editor = page.getByRole('textbox', { name: 'Message text' });
    await editor.click();
    await page.keyboard.type('Very much so. Does she float?');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(page.getByText('Message sent')).toBeVisible();

    const answer = await outside.message((message) => message.source.includes(subject));
    expect(answer.recipients).toEqual(['vera@outside.example']);
    expect(answer.source).toMatch(new RegExp(`^In-Reply-To: ${messageId}`, 'm'));
    expect(answer.source).toContain(`Subject: Re: ${subject}`);
    expect(answer.source).toMatch(/^DKIM-Signature: /m);
    expect(answer.source).toContain('Very much so. Does she float?');
    // Other programs show that it was answered.
    await expect.poll(async () => (await imapMessage(product, product.bob, subject)).flags).toContain('\\Answered');
    const sent = await imapMessage(product, product.bob, subject, '\\Sent');
    expect(sent.flags).toContain('\\Seen');
    expect(sent.source).toContain('Very much so. Does she float?');
    await expect(page.getByRole('article')).toHaveCount(2);
  });

  test('mail that comes while the page still connects shows up as well', async ({ openMail, product, unique }) => {
    const subject = unique('Between two looks');
    const page = await openMail(product.alice);
    let connect: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => (connect = resolve));
    await page.route('**/api/events', async (route) => {
      await arrived;
      await route.continue();
    });
    await page.reload();
    await expect(page.locator('html[data-keyboard=ready]')).toBeAttached();
    await deliverFromOutside(product, { to: product.alice.address, subject, text: 'Too early to be told of.' });
    const rows = async () => ((await (await page.request.get('/api/mailbox/inbox?limit=5')).json()) as { items: { subject: string }[] }).items.map((item) => item.subject);
    await expect.poll(rows).toContain(subject);
    connect();
    await expect(row(page, subject)).toBeVisible();
  });

  test('from one account to another, through our own queue and back in through our own MX', async ({ openMail, product, unique }) => {
    const subject = unique('Soup on Thursday');
    const alice = await openMail(product.alice);
    const bob = await openMail(product.bob);
    await alice.getByRole('button', { name: 'Compose' }).first().click();
    const window = alice.getByRole('dialog', { name: /^Compose:/ });
    await window.getByRole('combobox', { name: 'To' }).fill(product.bob.address);
    await alice.keyboard.press('Enter');
    await window.getByRole('textbox', { name: 'Subject' }).fill(subject);
    await window.getByRole('textbox', { name: 'Message text' }).click();
    await alice.keyboard.type('Half past twelve, as always. Grüße, 大丈夫 ✓');
    await window.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(alice.getByText('Message sent')).toBeVisible();
    await expect(row(bob, subject)).toBeVisible();
    const arrived = await imapMessage(product, product.bob, subject);
    expect(arrived.source).toMatch(/^Authentication-Results: [^]*dkim=pass/m);
    await row(bob, subject).getByRole('link').first().click();
    await expect.poll(() => openedText(bob)).toContain('Half past twelve, as always. Grüße, 大丈夫 ✓');
  });

  test('a stranger is called one, and so is a domain that is made to be taken for ours', async ({ openMail, product, unique }) => {
    const subject = unique('Your password ends today');
    const page = await openMail(product.bob);
    await deliverFromOutside(product, { from: `"Eider" <${unique('help').replace(/\W/g, '')}@e1der.test>`, to: product.bob.address, subject, text: 'Sign in here.' });
    await row(page, subject).getByRole('link').first().click();
    await expect(page.getByText('looks like eider.test, but is not the same')).toBeVisible();
    await expect(page.getByText('You have had no mail from this address before.')).toBeVisible();
  });
});
