// An account made safe: authenticator app, recovery codes, app passwords, a passkey (Chromium's own virtual
// authenticator), and what each of them still opens.
import { runProgram } from '../clients/run-program.ts';
import { openImap } from '../clients/mail-clients.ts';
import { expect, signIn, test } from '../fixtures.ts';
import { stepAt, totpCode } from '../../server/factors/totp.ts';
import type { Page } from 'playwright/test';
import type { Login, ProductAddress } from '../../test/product/product.ts';

/** The bytes of a base-32 key as the page shows it. */
function keyBytes(shown: string): Buffer {
  const bits = [...shown.replace(/\s/g, '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}

async function newAccount(product: ProductAddress): Promise<Login> {
  const login = { address: `dora-${Date.now().toString(36)}@eider.test`, password: 'a long enough password' };
  const made = await runProgram('npm', ['--silent', 'run', 'eider', '--', 'user', 'create', login.address, '--password-stdin'], {
    cwd: product.checkout,
    env: { EIDER_HOME: product.home },
    input: `${login.password}\n`,
  });
  expect(made.exitCode, made.stdout + made.stderr).toBe(0);
  return login;
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in to Eider' })).toBeVisible();
}

test('two-step verification, app passwords and a passkey, from setting up to signing in', async ({ browser, product }) => {
  const login = await newAccount(product);
  // Passkeys belong to a name; on this machine it is localhost.
  const context = await browser.newContext({ baseURL: product.url.replace('127.0.0.1', 'localhost') });
  const page = await context.newPage();
  await page.goto('/settings/security');
  await signIn(page, login);
  await expect(page.getByTestId('two-step-state')).toHaveText('Off');

  const { secret, usedCode } = await test.step('an authenticator app', async () => {
    await page.getByRole('button', { name: 'Set up' }).click();
    const dialog = page.getByRole('dialog', { name: 'Set up an authenticator app' });
    await expect(dialog.getByRole('img', { name: /Code to scan/ })).toBeVisible();
    const key = keyBytes(await dialog.getByTestId('totp-key').innerText());
    const field = dialog.getByLabel('The code that the app shows now');
    await field.fill('000000');
    await dialog.getByRole('button', { name: 'Turn on' }).click();
    await expect(dialog.getByRole('alert')).toBeVisible();
    const code = totpCode(key, stepAt(Date.now()));
    await field.fill(code);
    await dialog.getByRole('button', { name: 'Turn on' }).click();
    return { secret: key, usedCode: code };
  });
  const recoveryCode = await test.step('recovery codes, shown once', async () => {
    const dialog = page.getByRole('dialog', { name: 'Your recovery codes' });
    await expect(dialog.getByRole('list').getByRole('listitem')).toHaveCount(10);
    const first = await dialog.getByRole('listitem').first().innerText();
    await dialog.getByRole('button', { name: 'I have saved them' }).click();
    await expect(page.getByTestId('two-step-state')).toHaveText('On');
    return first;
  });

  await test.step('mail programs take an app password, and the account’s own no longer', async () => {
    await expect(openImap(product, login)).rejects.toThrow(/Command failed|Authentication/i);
    await page.getByRole('navigation', { name: 'Settings sections' }).getByRole('link', { name: 'Mail programs' }).click();
    await page.getByLabel('For which app or device?').fill('Thunderbird');
    await page.getByRole('button', { name: 'Create' }).click();
    const dialog = page.getByRole('dialog', { name: 'Your app password' });
    const password = await dialog.getByTestId('app-password').innerText();
    await dialog.getByText('Apple').click();
    const href = await dialog.getByRole('link', { name: 'Download profile' }).getAttribute('href');
    const profile = await page.request.get(href!);
    expect(profile.headers()['content-type']).toBe('application/x-apple-aspen-config');
    expect(await profile.text()).toContain(`<string>${password}</string>`);
    await dialog.getByRole('button', { name: 'Done' }).click();
    const imap = await openImap(product, { ...login, password });
    await imap.logout();
    await page.reload();
    await expect(page.getByText(/IMAP, SMTP · Last used/)).toBeVisible();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await expect(page.getByText('None yet')).toBeVisible();
    await expect(openImap(product, { ...login, password })).rejects.toThrow(/Command failed|Authentication/i);
  });

  await test.step('signing in takes a code that was not used before', async () => {
    await signOut(page);
    await signIn(page, login);
    await page.getByLabel('Code').fill(usedCode);
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'wrong, or was used before' })).toBeVisible();
    await page.getByLabel('Code').fill(totpCode(secret, stepAt(Date.now()) + 1));
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Inbox' })).toBeVisible();
  });

  await test.step('or a recovery code, or a passkey alone', async () => {
    await signOut(page);
    await signIn(page, login);
    await page.getByRole('button', { name: 'Use a recovery code' }).click();
    await page.getByLabel('Recovery code').fill(recoveryCode);
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Inbox' })).toBeVisible();

    const devtools = await context.newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    });
    await page.goto('/settings/security');
    await expect(page.getByText('9 codes left')).toBeVisible();
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByLabel('Name').fill('This test');
    await page.getByRole('button', { name: 'Create' }).click();
    await expect(page.getByText('This test')).toBeVisible();
    await signOut(page);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Inbox' })).toBeVisible();
    await page.goto('/settings/security');
    await expect(page.getByText(/Signed in · passkey/)).toBeVisible();
  });

  await test.step('what weakens the account asks for the password again once some time has passed', async () => {
    // Ten minutes are up for one request; the proof and the request that follows are real.
    await page.route('**/api/security/recovery-codes', (route) => route.fulfill({ status: 403, json: { error: { code: 'step_up_required', message: 'x', request_id: 'x' } } }), { times: 1 });
    await page.getByRole('button', { name: 'New codes' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'New codes' }).click();
    const proof = page.getByRole('dialog', { name: 'Confirm that it’s you' });
    await proof.getByLabel('Your password').fill('not the password');
    await proof.getByRole('button', { name: 'Confirm' }).click();
    await expect(proof.getByRole('alert')).toHaveText('The password is wrong.');
    await proof.getByLabel('Your password').fill(login.password);
    await proof.getByRole('button', { name: 'Confirm' }).click();
    const codes = page.getByRole('dialog', { name: 'Your recovery codes' });
    await expect(codes.getByRole('listitem')).toHaveCount(10);
    await codes.getByRole('button', { name: 'I have saved them' }).click();
    await expect(page.getByText('10 codes left')).toBeVisible();
  });
  await context.close();
});
