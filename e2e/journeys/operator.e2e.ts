import { runProgram, type ProgramResult } from '../clients/run-program.ts';
import { imapMessage, openImap, submit } from '../clients/mail-clients.ts';
import { expect, test } from '../fixtures.ts';
import { supervisorStatus, type ProductAddress } from '../../test/product/product.ts';

const eider = (product: ProductAddress, args: string[], input?: string): Promise<ProgramResult> =>
  runProgram('npm', ['--silent', 'run', 'eider', '--', ...args], { cwd: product.checkout, env: { EIDER_HOME: product.home, EIDER_PORT_WEB: String(product.ports.web) }, input });

test.describe('the operator’s command line', () => {
  test('status tells of every role, for people and for programs', async ({ product }) => {
    const json = await eider(product, ['status', '--json']);
    expect(json.exitCode, json.stderr).toBe(0);
    const status = JSON.parse(json.stdout) as { roles: { role: string; pid: number; restarts: number }[] };
    const roles = status.roles.map(({ role }) => role);
    for (const role of ['postgres', 'valkey', 'gateway', 'wildduck', 'inbound', 'submission', 'delivery', 'scheduler', 'events', 'indexer', 'web']) expect(roles).toContain(role);
    const text = await eider(product, ['status']);
    expect(text.stdout).toMatch(/wildduck\s+ready/);
  });

  test('doctor finds a healthy installation healthy', async ({ product }) => {
    const { exitCode, stdout, stderr } = await eider(product, ['doctor']);
    expect(exitCode, stdout + stderr).toBe(0);
  });

  test('a user that is created can sign in by IMAP, gets mail, and changes the password', async ({ product, unique }) => {
    const address = `carol-${Date.now().toString(36)}@eider.test`;
    const created = await eider(product, ['user', 'create', address, '--name', 'Carol'], 'first long password\n');
    expect(created.exitCode, created.stdout + created.stderr).toBe(0);
    const password = /password:?\s+(\S+)/i.exec(created.stdout)?.[1] ?? 'first long password';
    const subject = unique('Welcome');
    await submit(product, product.alice, { to: address, subject, text: 'Hello Carol.' });
    await imapMessage(product, { address, password }, subject);
    expect((await eider(product, ['user', 'list'])).stdout).toContain(address);
    const changed = await eider(product, ['user', 'passwd', address], 'a second long password\n');
    expect(changed.exitCode, changed.stdout + changed.stderr).toBe(0);
    await expect(openImap(product, { address, password })).rejects.toThrow(/Command failed|Authentication/i);
  });

  test.describe('mistakes get one clear line and exit code 1 or 2', () => {
    for (const args of [['fly'], ['user', 'create', 'not-an-address'], ['user', 'create', 'x@not-hosted.example'], ['user', 'passwd', 'nobody@eider.test'], ['domain', 'add', 'not a domain']]) {
      test(args.join(' '), async ({ product }) => {
        const { exitCode, stderr } = await eider(product, args, 'some long password\n');
        expect([1, 2]).toContain(exitCode);
        expect(stderr.trim()).not.toBe('');
        expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
      });
    }
  });
});

test.describe('processes that are killed come back, and nothing accepted is lost', () => {
  for (const role of ['delivery', 'inbound', 'submission', 'indexer', 'wildduck', 'gateway', 'valkey', 'postgres', 'web']) {
    test(role, async ({ product, unique }) => {
      test.setTimeout(180_000);
      const subject = unique(`Through the death of ${role}`);
      await submit(product, product.alice, { to: product.bob.address, subject, text: 'Still here?' });
      const before = (await supervisorStatus(product.home)).roles.find((found) => found.role === role);
      if (!before?.pid) throw new Error(`${role} is not running`);
      process.kill(before.pid, 'SIGKILL');
      await expect
        .poll(async () => (await supervisorStatus(product.home)).roles.find((found) => found.role === role), { timeout: 60_000 })
        .toMatchObject({ state: 'ready', restarts: before.restarts + 1 });
      await expect.poll(() => fetch(`${product.url}/api/health`).then((answer) => answer.status, () => 0), { timeout: 60_000 }).toBe(200);
      await expect(async () => void (await imapMessage(product, product.bob, subject))).toPass({ timeout: 90_000 });
      const afterwards = unique(`After the death of ${role}`);
      await submit(product, product.alice, { to: product.bob.address, subject: afterwards, text: 'Going on.' });
      await imapMessage(product, product.bob, afterwards, 'INBOX', 60_000);
    });
  }
});
