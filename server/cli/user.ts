// `eider user …`: accounts.
import type { Command } from 'commander';
import { Option } from 'commander';
import { domainOf } from '../mail/address.ts';
import { findHostedDomain } from '../domains/find-hosted-domain.ts';
import { deleteTwoStep } from '../factors/factor.store.ts';
import { writeAudit } from '../infra/audit/audit-log.store.ts';
import { withTransaction } from '../infra/db/with-transaction.ts';
import { createAccount } from '../tenants/create-account.ts';
import { randomPassword } from '../tenants/password.ts';
import { setPassword } from '../tenants/set-password.ts';
import { deleteAccountSessions } from '../web/session/session.store.ts';
import { selectAccountByAddress, selectAccounts, type AccountRole } from '../tenants/tenant.store.ts';
import { withConnection, type Connection } from './connection.ts';
import { operatorName } from './operator.ts';
import { Refusal } from './refusal.ts';
import { table } from './table.ts';

interface CreateOptions {
  name?: string;
  role: AccountRole;
  quota?: string;
  passwordStdin?: boolean;
}

export function addUser(program: Command): void {
  const user = program.command('user').description('accounts');
  user
    .command('create')
    .description('add an account; prints a random password unless one is given')
    .argument('<address>', 'full address, in a hosted domain')
    .option('--name <name>', 'display name')
    .addOption(new Option('--role <role>', 'what it may do').choices(['user', 'admin', 'operator']).default('user'))
    .option('--quota <size>', 'most mail that it may keep, such as 500M or 5G (default: no limit)')
    .option('--password-stdin', 'read the password from standard input')
    .action(create);
  user
    .command('list')
    .description('show accounts')
    .option('--tenant <slug>', "one tenant's only")
    .option('--json', 'as JSON')
    .action(list);
  user
    .command('passwd')
    .description('set the password of an account; prints a random one unless one is given')
    .argument('<address>', 'full address')
    .option('--password-stdin', 'read the password from standard input')
    .action(passwd);
  user
    .command('two-step-off')
    .description('turn off two-step verification of an account whose owner has lost phone and recovery codes; its sessions end')
    .argument('<address>', 'full address')
    .requiredOption('--reason <text>', 'why, and how the owner was recognised; kept in the audit log')
    .action(twoStepOff);
}

async function create(address: string, options: CreateOptions): Promise<void> {
  const password = options.passwordStdin ? await readPassword() : randomPassword();
  const quotaBytes = options.quota === undefined ? undefined : parseSize(options.quota);
  if (quotaBytes === null) throw new Refusal(`--quota: a size such as 500M or 5G expected, found "${options.quota}"`);
  const result = await withConnection(async (connection) =>
    createAccount(connection, {
      tenantId: await tenantOf(connection, address),
      address,
      password,
      role: options.role,
      ...(options.name !== undefined && { displayName: options.name }),
      ...(quotaBytes !== undefined && { quotaBytes }),
    }),
  );
  if (result.kind === 'invalid') throw new Refusal(`${result.field}: ${result.rule}`);
  if (result.kind === 'taken') throw new Refusal(`${result.address} is taken`);
  if (result.kind === 'exists') throw new Refusal(`there is an account ${result.address} already; eider user passwd sets its password`);
  process.stdout.write(`account ${result.address} created\n`);
  if (!options.passwordStdin) process.stdout.write(`password: ${password}\n`);
}

async function tenantOf({ pool }: Connection, address: string): Promise<string> {
  const domain = domainOf(address);
  if (domain === address || domain === '') throw new Refusal(`address: an address has the form name@domain, found "${address}"`);
  const hosted = await findHostedDomain(pool, domain);
  if (!hosted) throw new Refusal(`${domain} is not hosted here; eider domain add adds it`);
  return hosted.tenantId;
}

async function list(options: { tenant?: string; json?: boolean }): Promise<void> {
  const accounts = await withConnection(({ pool }) => selectAccounts(pool, options.tenant));
  const shown = accounts.map(({ address, displayName, role, status, tenant, wildduckUserId }) => ({
    address,
    displayName,
    role,
    status: wildduckUserId === null ? 'incomplete' : status,
    tenant,
  }));
  if (options.json) process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
  else process.stdout.write(table(['ADDRESS', 'NAME', 'ROLE', 'STATUS', 'TENANT'], shown.map((row) => Object.values(row))));
}

async function passwd(address: string, options: { passwordStdin?: boolean }): Promise<void> {
  const password = options.passwordStdin ? await readPassword() : randomPassword();
  const result = await withConnection(async (connection) => {
    const outcome = await setPassword(connection, { address, password });
    // Whoever is signed in with the old password is so no longer.
    if (outcome.kind === 'set') await deleteAccountSessions(connection.pool, outcome.accountId);
    return outcome;
  });
  if (result.kind === 'unknown') throw new Refusal(`there is no account ${address}`);
  if (result.kind === 'invalid') throw new Refusal(`${result.field}: ${result.rule}`);
  process.stdout.write(`password of ${address} set\n`);
  if (!options.passwordStdin) process.stdout.write(`password: ${password}\n`);
}

async function twoStepOff(address: string, options: { reason: string }): Promise<void> {
  await withConnection(async ({ pool, wildduck }) => {
    const account = await selectAccountByAddress(pool, address.trim().toLowerCase());
    if (!account?.wildduckUserId) throw new Refusal(`there is no account ${address}`);
    await withTransaction(pool, async (client) => {
      await deleteTwoStep(client, account.id);
      await deleteAccountSessions(client, account.id);
      await writeAudit(client, { actor: operatorName(), action: 'user two-step-off', target: { address: account.address }, reason: options.reason }, 1);
    });
    await wildduck.markSecondFactor(account.wildduckUserId, false);
  });
  process.stdout.write(`two-step verification of ${address} is off; the password alone signs in\n`);
}

/** The first line of standard input. */
async function readPassword(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8').split(/\r?\n/, 1)[0] ?? '';
}

/** Bytes of `500M`, `5G`, `2T` or a plain number (powers of 1024); null for anything else. */
export function parseSize(text: string): number | null {
  const match = /^(\d{1,15})\s*([KMGT]?)i?B?$/i.exec(text.trim());
  if (!match) return null;
  const bytes = Number(match[1]) * 1024 ** ' KMGT'.indexOf((match[2] || ' ').toUpperCase());
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : null;
}
