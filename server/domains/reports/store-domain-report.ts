// Reports about domains find their owner: who of the hosted domains a DMARC or TLS report speaks of.
import { headerValue } from '../../mail/header.ts';
import { parseDomain } from '../../mail/address.ts';
import type { ParsedReport } from '../../mail/reports/report-types.ts';
import type { Queryable } from '../../infra/db/pool.ts';
import { findHostedDomain } from '../find-hosted-domain.ts';
import { type HostedOwner, insertDmarcFailure, insertDmarcReport, insertTlsReport, type ReportOrigin } from './domain-report.store.ts';

export type StoredReport =
  | { kind: 'stored'; domains: string[]; tenantId: string }
  /** The reporter's id, or these bytes, were stored before. */
  | { kind: 'duplicate'; domains: string[]; tenantId: string }
  /** It speaks of no domain that is hosted here. */
  | { kind: 'foreign'; domains: string[] };

/**
 * Stores what a report says of hosted domains; the caller's transaction makes it whole.
 * @returns null for a report that is not about a domain
 */
export async function storeDomainReport(db: Queryable, report: ParsedReport, from: ReportOrigin & { contentHash: Buffer }): Promise<StoredReport | null> {
  if (report.kind === 'dmarc') return each(db, [report.dmarc.policy.domain], (owner) => insertDmarcReport(db, owner, report.dmarc, from));
  if (report.kind === 'tlsrpt') return each(db, report.tlsrpt.policies.map(({ domain }) => domain), (owner) => insertTlsReport(db, owner, report.tlsrpt, from));
  if (report.kind === 'arf' && report.arf.feedbackType === 'auth-failure') {
    const headerFrom = headerValue(report.arf.original.headers, 'from') ?? null;
    const author = headerFrom === null ? null : (/@([\w.-]+)/.exec(headerFrom)?.[1] ?? null);
    return each(db, [...report.arf.reportedDomains, author], (owner) => insertDmarcFailure(db, owner, report.arf, { headerFrom, contentHash: from.contentHash }), 1);
  }
  return null;
}

async function each(db: Queryable, names: readonly (string | null)[], insert: (owner: HostedOwner) => Promise<boolean>, most = Infinity): Promise<StoredReport> {
  const domains = [...new Set(names.flatMap((name) => (name === null ? [] : [parseDomain(name)])))].filter((name) => name !== null);
  const owners: HostedOwner[] = [];
  for (const domain of domains) {
    const hosted = owners.length < most ? await findHostedDomain(db, domain) : null;
    if (hosted) owners.push({ tenantId: hosted.tenantId, domain });
  }
  const [first] = owners;
  if (first === undefined) return { kind: 'foreign', domains };
  let fresh = 0;
  for (const owner of owners) if (await insert(owner)) fresh++;
  return { kind: fresh > 0 ? 'stored' : 'duplicate', domains: owners.map(({ domain }) => domain), tenantId: first.tenantId };
}
