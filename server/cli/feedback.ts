// `eider feedback …`: reports that came in, and the keys of return paths. `eider domain reports`: what other servers
// report of a hosted domain.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { join } from 'node:path';
import { type ReportRow, selectReports } from '../delivery/feedback/intake.store.ts';
import { installationTokenKeys, rotateTokenKey } from '../delivery/feedback/token-keys.ts';
import {
  type DmarcFailureRow, type DmarcSource, type DmarcSummary, selectDmarcFailures, selectDmarcReports, selectDmarcSources, selectTlsReports, type TlsSummary,
} from '../domains/reports/domain-report.store.ts';
import { findHostedDomain } from '../domains/find-hosted-domain.ts';
import { parseDomain } from '../mail/address.ts';
import { installationConfig, withConnection } from './connection.ts';
import { Refusal } from './refusal.ts';
import { duration, table } from './table.ts';
import { requireTenant } from './tenant.ts';

export function addFeedback(program: Command): void {
  const feedback = program.command('feedback').description('what came back about mail that went out');
  feedback
    .command('list')
    .description('show reports that came in and what became of them, newest first')
    .option('--tenant <slug>', "about one tenant's mail only")
    .addOption(new Option('--outcome <outcome>', 'with one outcome only').choices(['joined', 'duplicate', 'stored', 'neutral']))
    .option('--limit <number>', 'the most rows, up to 1000', parseLimit, 50)
    .option('--json', 'as JSON')
    .action(async (options: { tenant?: string; outcome?: string; limit: number; json?: boolean }) => {
      const rows = await withConnection(async ({ pool }) => {
        const tenantId = options.tenant === undefined ? undefined : (await requireTenant(pool, options.tenant)).id;
        return selectReports(pool, { limit: options.limit, ...(tenantId !== undefined && { tenantId }), ...(options.outcome !== undefined && { outcome: options.outcome }) });
      });
      process.stdout.write(options.json ? `${JSON.stringify(rows, null, 2)}\n` : rows.length > 0 ? reportTable(rows, new Date()) : 'no reports\n');
    });
  feedback
    .command('rotate-key')
    .description('sign return paths with a new key; those of the keys before stay good until they expire')
    .action(() => {
      const config = installationConfig();
      // Makes the file where there is none yet.
      installationTokenKeys(config);
      const id = rotateTokenKey(config.feedbackKeysFile ?? join(config.home, 'secrets', 'feedback.keys'));
      process.stdout.write(`key ${id} signs from now on; other machines of this installation need the same file\n`);
    });
}

/** Adds `reports` to `eider domain`. */
export function addDomainReports(program: Command): void {
  program.commands
    .find((command) => command.name() === 'domain')!
    .command('reports')
    .description('DMARC and TLS reports of other servers about a hosted domain')
    .argument('<domain>')
    .option('--days <number>', 'the window for sources', parseLimit, 30)
    .option('--limit <number>', 'the most reports of each kind, up to 1000', parseLimit, 20)
    .option('--json', 'as JSON')
    .action(async (name: string, options: { days: number; limit: number; json?: boolean }) => {
      const domain = parseDomain(name);
      const view = await withConnection(async ({ pool }) => {
        if (domain === null || (await findHostedDomain(pool, domain)) === null) throw new Refusal(`"${name}" is not hosted here`);
        return {
          domain,
          dmarc: await selectDmarcReports(pool, domain, options.limit),
          sources: await selectDmarcSources(pool, domain, options.days, options.limit),
          failures: await selectDmarcFailures(pool, domain, options.limit),
          tls: await selectTlsReports(pool, domain, options.limit),
        };
      });
      process.stdout.write(options.json ? `${JSON.stringify(view, null, 2)}\n` : domainReportText(view));
    });
}

export interface DomainReportView {
  domain: string;
  dmarc: DmarcSummary[];
  sources: DmarcSource[];
  failures: DmarcFailureRow[];
  tls: TlsSummary[];
}

/** The reports for people, a table a kind. */
export function domainReportText({ dmarc, sources, failures, tls, domain }: DomainReportView): string {
  const day = (date: Date): string => date.toISOString().slice(0, 10);
  const parts = [
    ['DMARC reports', table(['FROM', 'BEGINS', 'ENDS', 'MESSAGES', 'ALIGNED', 'QUARANTINED', 'REJECTED', 'SOURCES', 'ID'],
      dmarc.map((row) => [row.organization, day(row.beginsAt), day(row.endsAt), ...[row.messages, row.aligned, row.quarantined, row.rejected, row.sources].map(String), row.reportId]))],
    ['Who sends', table(['ADDRESS', 'MESSAGES', 'DKIM', 'SPF', 'NEITHER', 'REFUSED', 'LAST'],
      sources.map((row) => [row.sourceIp, ...[row.messages, row.dkimPass, row.spfPass, row.failed, row.refused].map(String), day(row.lastSeen)]))],
    ['DMARC failures', table(['AT', 'ADDRESS', 'REPORTER', 'FAILED', 'DELIVERY', 'FROM', 'MESSAGE-ID'],
      failures.map((row) => [row.at.toISOString(), row.sourceIp ?? '-', row.reporter ?? '-', row.authFailure ?? '-', row.delivery ?? '-', row.headerFrom ?? '-', row.messageId ?? '-']))],
    ['TLS reports', table(['FROM', 'BEGINS', 'ENDS', 'POLICIES', 'SESSIONS', 'FAILED', 'FAILURES', 'ID'],
      tls.map((row) => [row.organization, day(row.beginsAt), day(row.endsAt), row.policies.join(' '), String(row.sessionsOk), String(row.sessionsFailed), row.failures.join(', ') || '-', row.reportId]))],
  ] as const;
  return parts.filter(([, text]) => text !== '').map(([title, text]) => `${title}\n${text}`).join('\n') || `no reports about ${domain} yet\n`;
}

/** The rows for people; ages are counted from `now`. */
export function reportTable(rows: readonly ReportRow[], now: Date): string {
  const cells = rows.map((row) => [
    duration(now.getTime() - row.receivedAt.getTime()), row.intake, row.clientAddress, row.kind ?? '-', row.outcome ?? row.state, row.tenant ?? '-', row.queueId ?? '-', row.detail ?? '',
  ]);
  return table(['AGE', 'CAME TO', 'CLIENT', 'KIND', 'OUTCOME', 'TENANT', 'QUEUE ID', 'DETAIL'], cells);
}

function parseLimit(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1000) return value;
  throw new InvalidArgumentError('a whole number from 1 to 1000 expected.');
}
