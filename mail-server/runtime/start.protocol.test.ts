// The start command as a whole, on a real installation with the mail store: first accounts, the operator's command
// line, processes that are killed, a supervisor that is killed, a first run that was cut short, and a clean stop.
import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../server/config.ts';
import { wildduckClientFromConfig } from '../../server/infra/wildduck/client.ts';
import type { FirstRunFile } from '../../server/tenants/first-run.ts';
import { withClient } from './services/databases.ts';
import { identify, isAlive, sessionOf, type ProcessIdentity } from './supervisor/process-identity.ts';
import {
  installationStatus, makeInstallation, readEnvironment, runCli, startInstallation, type Installation, type Running,
} from './testing/installation.ts';

let installation: Installation;
let running: Running;

const firstRunPath = () => join(installation.home, 'first-run.json');
const readFirstRun = () => JSON.parse(readFileSync(firstRunPath(), 'utf8')) as FirstRunFile;
const everyProcess = async (): Promise<ProcessIdentity[]> => {
  const { roles } = await installationStatus(installation);
  return roles.flatMap(({ pid }) => sessionOf(identify(pid ?? 0)!));
};

async function authenticate(username: string, password: string): Promise<string> {
  const wildduck = wildduckClientFromConfig(loadConfig(readEnvironment(installation.home)));
  return (await wildduck.authenticate({ username, password, scope: 'imap', ip: '127.0.0.1' })).kind;
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await sleep(50);
}

beforeAll(async () => {
  installation = await makeInstallation('gateway,wildduck');
  running = await startInstallation(installation);
}, 240_000);
afterAll(async () => {
  running.process.kill('SIGTERM');
  await running.ended;
  installation.remove();
}, 60_000);

describe('a first start', () => {
  it('makes the first accounts, which can sign in, and writes their passwords where only the owner reads them', async () => {
    const file = readFirstRun();
    expect(file.tenant).toBe('eider');
    expect([file.admin, ...file.accounts].map((account) => account.address)).toEqual(['admin@eider.test', 'alice@eider.test', 'bob@eider.test']);
    expect(statSync(firstRunPath()).mode & 0o777).toBe(0o600);
    for (const { address, password } of [file.admin, ...file.accounts]) expect(await authenticate(address, password)).toBe('authenticated');
    expect(await authenticate('alice@eider.test', 'not-the-password')).toBe('denied');
    expect(running.output()).toContain(`First accounts and passwords: ${firstRunPath()}`);
  });

  it('leaves nothing in the installation open to other users', async () => {
    const { stdout } = await runCli(installation, ['doctor', '--json']);
    const checks = JSON.parse(stdout) as { check: string; findings: { level: string }[] }[];
    expect(checks.find(({ check }) => check === 'permissions')?.findings).toEqual([{ level: 'ok', text: 'only its owner can read EIDER_HOME' }]);
  });

  it('refuses a second start on the same home', async () => {
    await expect(startInstallation(installation)).rejects.toThrow(`Eider is already running in ${installation.home}`);
  });
});

describe("the operator's command line", () => {
  it('adds tenant, domain and account, and sets passwords', async () => {
    expect(await runCli(installation, ['tenant', 'create', 'acme', '--name', 'Acme'])).toEqual({ code: 0, stdout: 'tenant acme created\n', stderr: '' });
    expect(await runCli(installation, ['domain', 'add', 'Acme.example', '--tenant', 'acme'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^domain acme\.example added to acme; publish these records:\n\nacme\.example\. IN MX 10 /) as string });
    expect(await runCli(installation, ['user', 'create', 'Zoe@acme.example', '--password-stdin'], 'correct horse\n')).toMatchObject({ code: 0, stdout: 'account zoe@acme.example created\n' });
    expect(await authenticate('zoe@acme.example', 'correct horse')).toBe('authenticated');
    expect(await runCli(installation, ['user', 'passwd', 'zoe@acme.example', '--password-stdin'], 'battery staple\n')).toMatchObject({ code: 0 });
    expect(await authenticate('zoe@acme.example', 'correct horse')).toBe('denied');
    expect(await authenticate('zoe@acme.example', 'battery staple')).toBe('authenticated');
    const { stdout } = await runCli(installation, ['user', 'list', '--tenant', 'acme', '--json']);
    expect(JSON.parse(stdout)).toEqual([{ address: 'zoe@acme.example', displayName: '', role: 'user', status: 'active', tenant: 'acme' }]);
  });

  it.each([
    [['tenant', 'create', 'eider'], 1, 'eider: there is a tenant "eider" already\n'],
    [['tenant', 'create', '-x-'], 2, "error: unknown option '-x-'\n(--help shows what there is)\n"],
    [['domain', 'add', 'eider.test', '--tenant', 'eider'], 1, 'eider: eider.test is hosted already\n'],
    [['domain', 'add', 'x.example', '--tenant', 'nobody'], 1, 'eider: there is no tenant "nobody"\n'],
    [['user', 'create', 'alice@eider.test'], 1, 'eider: there is an account alice@eider.test already; eider user passwd sets its password\n'],
    [['user', 'create', 'alice@elsewhere.example'], 1, 'eider: elsewhere.example is not hosted here; eider domain add adds it\n'],
    [['user', 'passwd', 'nobody@eider.test'], 1, 'eider: there is no account nobody@eider.test\n'],
    [['queue', 'list', '--limit', 'many'], 2, "error: option '--limit <number>' argument 'many' is invalid. a whole number from 1 to 1000 expected.\n(--help shows what there is)\n"],
  ])('%j is refused with code %i', async (args, code, stderr) => {
    expect(await runCli(installation, args)).toEqual({ code, stdout: '', stderr });
  });
});

describe('when processes are killed', () => {
  it('starts a role again, and says so', async () => {
    const before = (await installationStatus(installation)).roles.find(({ role }) => role === 'gateway')!;
    process.kill(before.pid!, 'SIGKILL');
    await until(async () => {
      const now = (await installationStatus(installation)).roles.find(({ role }) => role === 'gateway')!;
      return now.restarts === 1 && now.state === 'ready';
    });
    expect(running.output()).toContain('! gateway was ended by SIGKILL; again in 0.3 s');
    expect((await runCli(installation, ['status'])).stdout).toMatch(/^gateway +ready +\d+ +\d+ s +1$/m);
    const { admin } = readFirstRun();
    await until(async () => (await authenticate(admin.address, admin.password).catch(() => 'unavailable')) === 'authenticated');
  });

  it('leaves no process behind when the supervisor itself is killed, and keeps the accounts', async () => {
    const processes = await everyProcess();
    expect(processes.length).toBeGreaterThan(6);
    const passwords = readFirstRun();
    process.kill((await installationStatus(installation)).pid, 'SIGKILL');
    expect(await running.ended).toBe(1);
    await until(() => !processes.some(isAlive));
    running = await startInstallation(installation);
    expect(readFirstRun()).toEqual(passwords);
    expect(await authenticate(passwords.admin.address, passwords.admin.password)).toBe('authenticated');
  }, 120_000);
});

describe('a first run that was cut short', () => {
  it('is completed by the next start, with the passwords that were written down', async () => {
    const passwords = readFirstRun();
    const bob = passwords.accounts[1]!;
    // As it is after bob's row was written and the mail store had made the user, before the two were tied.
    await withClient(readEnvironment(installation.home)['DATABASE_URL'] ?? '', (client) =>
      client.query('UPDATE account SET wildduck_user_id = NULL WHERE address = $1', [bob.address]));
    running.process.kill('SIGTERM');
    expect(await running.ended).toBe(0);
    renameSync(firstRunPath(), `${firstRunPath()}.begun`);
    running = await startInstallation(installation);
    expect(readFirstRun()).toEqual(passwords);
    expect(existsSync(`${firstRunPath()}.begun`)).toBe(false);
    expect(await authenticate(bob.address, bob.password)).toBe('authenticated');
    const { stdout } = await runCli(installation, ['user', 'list', '--json']);
    expect(stdout).not.toContain('incomplete');
  }, 120_000);
});

it('stops every process at SIGTERM, in order, with code 0', async () => {
  const processes = await everyProcess();
  running.process.kill('SIGTERM');
  expect(await running.ended).toBe(0);
  expect(processes.filter(isAlive)).toEqual([]);
  const stopped = [...running.output().matchAll(/^ {2}(\w+) stopped$/gm)].map((match) => match[1]);
  expect(stopped.indexOf('wildduck')).toBeLessThan(stopped.indexOf('gateway'));
  expect(stopped.indexOf('gateway')).toBeLessThan(stopped.indexOf('postgres'));
  expect(existsSync(join(installation.home, 'processes.json'))).toBe(false);
}, 60_000);
