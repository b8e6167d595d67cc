// `eider domain …`: hosted domains, the DNS records that they need, and the rotation of their keys.
import type { Command } from 'commander';
import { clientRecords, type ClientRecord } from '../clients/client-records.ts';
import { mailServers } from '../clients/mail-servers.ts';
import { createDomain } from '../domains/create-domain.ts';
import { verifyRecords, type RecordCheck } from '../domains/dns/verify-records.ts';
import { selectDomains } from '../domains/domain.store.ts';
import { publicRecordsFor, type PublicRecord, zoneLine } from '../domains/public-records.ts';
import { dnsResolver } from '../infra/dns/resolver.ts';
import { type Connection, withConnection } from './connection.ts';
import { addDkim } from './domain-dkim.ts';
import { Refusal } from './refusal.ts';
import { requireDomain } from './require-domain.ts';
import { table } from './table.ts';
import { requireTenant } from './tenant.ts';

export function addDomain(program: Command): void {
  const domain = program.command('domain').description('hosted domains, their DNS records and keys');
  domain
    .command('add')
    .description('host a domain for a tenant, with DKIM keys of its own; prints the DNS records to publish')
    .argument('<name>', 'such as example.com')
    .requiredOption('--tenant <slug>', 'whose it is')
    .action((name: string, options: { tenant: string }) =>
      withConnection(async (connection) => {
        const tenant = await requireTenant(connection.pool, options.tenant);
        const result = await createDomain(connection.pool, connection.secretBox(), { tenantId: tenant.id, name });
        if (result.kind === 'taken') throw new Refusal(`${result.name} is hosted already`);
        if (result.kind === 'invalid') throw new Refusal(`"${name}": ${result.rule}`);
        process.stdout.write(`domain ${result.name} added to ${tenant.slug}; publish these records:\n\n`);
        process.stdout.write(zone([...(await recordsOf(connection, result.name)), ...clientRecordsOf(connection, result.name)]));
      }),
    );
  domain
    .command('list')
    .description('the domains of a tenant')
    .requiredOption('--tenant <slug>', 'whose')
    .option('--json', 'as JSON')
    .action((options: { tenant: string; json?: boolean }) =>
      withConnection(async ({ pool }) => {
        const domains = await selectDomains(pool, (await requireTenant(pool, options.tenant)).id);
        if (options.json) return void process.stdout.write(`${JSON.stringify(domains, null, 2)}\n`);
        process.stdout.write(table(['DOMAIN', 'STATUS', 'SINCE'], domains.map(({ name, status, createdAt }) => [name, status, createdAt.toISOString().slice(0, 10)])));
      }),
    );
  domain
    .command('records')
    .description('the DNS records that a domain needs, as lines of a zone file')
    .argument('<name>')
    .option('--json', 'as JSON')
    .action((name: string, options: { json?: boolean }) =>
      withConnection(async (connection) => {
        const domainName = await requireDomain(connection, name);
        const records = [...(await recordsOf(connection, domainName)), ...clientRecordsOf(connection, domainName)];
        process.stdout.write(options.json ? `${JSON.stringify(records, null, 2)}\n` : zone(records));
      }),
    );
  domain
    .command('verify')
    .description('compare DNS with the records that a domain needs; exit code 1 when one is missing or wrong')
    .argument('<name>')
    .option('--json', 'as JSON')
    .action((name: string, options: { json?: boolean }) =>
      withConnection(async (connection) => {
        const records = await recordsOf(connection, await requireDomain(connection, name));
        const { dnsServers, hostname } = connection.config;
        const checks = await verifyRecords({ dns: dnsResolver(dnsServers), mailHost: hostname, sendingAddresses: [] }, records);
        process.stdout.write(options.json ? `${JSON.stringify(checks, null, 2)}\n` : checks.map(checkLine).join(''));
        if (checks.some(({ status }) => status === 'missing' || status === 'wrong')) process.exitCode = 1;
      }),
    );
  addDkim(domain);
}

const recordsOf = ({ pool, config }: Connection, name: string): Promise<PublicRecord[]> => publicRecordsFor(pool, name, config.hostname);

/** For mail programs; mail flows without them, so that `verify` does not ask for them. */
const clientRecordsOf = ({ config }: Connection, name: string): ClientRecord[] => clientRecords(name, mailServers(config), config.publicUrl);

const zone = (records: readonly (PublicRecord | ClientRecord)[]): string => records.map((record) => `${zoneLine(record)}\n`).join('');

const MARKS: Record<RecordCheck['status'], string> = { ok: '✓', missing: '✗', wrong: '✗', unknown: '?' };

function checkLine({ purpose, name, status, text }: RecordCheck): string {
  const line = `${MARKS[status]} ${purpose.padEnd(7)} ${name} ${status === 'ok' ? '' : status}`.trimEnd();
  return text === '' ? `${line}\n` : `${line}\n  ${' '.repeat(7)} → ${text}\n`;
}
