import { imapMessage, submit } from '../clients/mail-clients.ts';
import { runProgram } from '../clients/run-program.ts';
import { expect, test } from '../fixtures.ts';
import { OUTSIDE_DOMAIN } from '../outside.ts';

test.describe('mail that leaves', () => {
  test('arrives once, encrypted, signed with both keys', async ({ product, outside, unique }) => {
    const subject = unique('Signed');
    const to = `anna@${OUTSIDE_DOMAIN}`;
    await submit(product, product.alice, { to, subject, text: 'Hello out there.' });
    const message = await outside.message((found) => found.source.includes(subject));
    expect(message).toMatchObject({ recipients: [to], tls: true });
    const signatures = message.source.replace(/\r\n[ \t]+/g, ' ').match(/^DKIM-Signature: .*/gm) ?? [];
    expect(signatures.map((signature) => /\ba=([a-z0-9-]+)/.exec(signature)?.[1]).sort()).toEqual(['ed25519-sha256', 'rsa-sha256']);
    for (const signature of signatures) expect(signature).toMatch(/\bd=eider\.test\b/);
    expect(message.source).toMatch(/^Message-ID: /im);
    expect(await outside.messages((found) => found.source.includes(subject))).toHaveLength(1);
  });

  test('is tried again after a 451, until it is taken', async ({ product, outside, unique }) => {
    test.setTimeout(240_000);
    const subject = unique('Later');
    const to = `451-then-250+${Date.now()}@${OUTSIDE_DOMAIN}`;
    await submit(product, product.alice, { to, subject, text: 'Take your time.' });
    const message = await outside.message((found) => found.source.includes(subject));
    expect(message.recipients).toEqual([to]);
    expect(await outside.tries(to)).toBe(2);
  });

  test('comes back as a report when it is refused for good', async ({ product, unique }) => {
    const subject = unique('Refused');
    const to = `550+${Date.now()}@${OUTSIDE_DOMAIN}`;
    await submit(product, product.alice, { to, subject, text: 'Nobody there.' });
    const report = await imapMessage(product, product.alice, 'Your message could not be delivered', 'INBOX', 60_000);
    expect(report.source).toMatch(/report-type="?delivery-status/i);
    expect(report.source).toMatch(new RegExp(`^Final-Recipient: rfc822; ?${to.replace('+', String.raw`\+`)}`, 'im'));
    expect(report.source).toMatch(/^Action: failed/im);
    expect(report.source).toMatch(/^Status: 5\.1\.1/im);
    expect(report.source).toContain(subject);
    expect(report.source).toMatch(/^Auto-Submitted: auto-replied/im);
  });

  test('shows its state on the operator’s command line', async ({ product, unique }) => {
    const to = `451+${Date.now()}@${OUTSIDE_DOMAIN}`;
    await submit(product, product.bob, { to, subject: unique('Waiting'), text: 'Hold on.' });
    const list = () =>
      runProgram('npm', ['--silent', 'run', 'eider', '--', 'queue', 'list'], { cwd: product.checkout, env: { EIDER_HOME: product.home } });
    await expect.poll(async () => (await list()).stdout, { timeout: 30_000 }).toContain(to);
    expect((await list()).stdout).toMatch(/deferred/);
  });
});
