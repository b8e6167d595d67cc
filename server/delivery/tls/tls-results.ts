// Counts TLS sessions and their failures by destination (RFC 8460 4.3) and adds the sums to the database every few
// seconds. Sessions are counted, not messages: one that carries a hundred messages of a domain counts once for it.
import { hash } from 'node:crypto';
import type { Queryable } from '../../infra/db/pool.ts';
import type { Logger } from '../../infra/log/logger.ts';
import { addTlsResults, type TlsResultRow } from './tls-result.store.ts';
import type { DomainTls } from './destination-tls.ts';
import { NO_POLICY, type PublishedPolicy, type TlsFacts, type TlsFailure } from './tls-policy.ts';

/** Where a message goes, as its route tells it. */
export interface TlsDestination {
  domain: string;
  policy: DomainTls;
}

/** What is counted of a session. */
export interface CountedSession {
  target: { host: string; published?: PublishedPolicy };
  dialogue: { remoteAddress: string };
  egress: { sourceAddress: string | null };
  tlsFacts: TlsFacts | null;
  tlsFailures: readonly TlsFailure[];
}

export interface TlsResults {
  /** A session carried a message to the destination. */
  session(destination: TlsDestination, session: CountedSession): void;
  /** No session was had. The same failures are counted once per destination, however many messages waited for them. */
  failures(destination: TlsDestination, failures: readonly TlsFailure[], sourceAddress: string | null): void;
  /** Writes what has been counted, and stops the clock. */
  close(): Promise<void>;
}

const FLUSH_MS = 10_000;
/** Different sums held while the database is away; beyond, sessions go uncounted. */
const MAX_SUMS = 50_000;

export function tlsResults(deps: { db: Queryable; log: Logger; now(): Date }): TlsResults {
  let sums = new Map<string, TlsResultRow & { key: string; sessions: number }>();
  const counted = new WeakMap<object, Set<string>>();
  let writing: Promise<void> | null = null;
  const timer = setInterval(() => void flush(), FLUSH_MS);
  timer.unref();

  function isNew(what: object, domain: string): boolean {
    const domains = counted.get(what);
    if (domains === undefined) counted.set(what, new Set([domain]));
    else if (domains.has(domain)) return false;
    else domains.add(domain);
    return true;
  }

  function add(row: Omit<TlsResultRow, 'day'>): void {
    const dated = { day: deps.now().toISOString().slice(0, 10), ...row };
    const key = hash('sha256', JSON.stringify(dated), 'hex');
    const sum = sums.get(key);
    if (sum) sum.sessions++;
    else if (sums.size < MAX_SUMS) sums.set(key, { ...dated, key, sessions: 1 });
  }

  function addFailures(destination: TlsDestination, published: PublishedPolicy, failures: readonly TlsFailure[], sendingIp: string): void {
    for (const { result, host, address, reason, published: own } of failures) {
      add({ ...describe(destination.domain, own ?? published), result, mxHost: host, receivingIp: address, sendingIp, reason: reason.slice(0, 200) });
    }
  }

  async function flush(): Promise<void> {
    await writing;
    if (sums.size === 0) return;
    const rows = [...sums.values()];
    sums = new Map();
    writing = addTlsResults(deps.db, rows).catch((error: unknown) => {
      deps.log.warn({ err: error, sums: rows.length }, 'TLS results could not be added; trying again');
      for (const row of rows) {
        const sum = sums.get(row.key);
        if (sum) sum.sessions += row.sessions;
        else sums.set(row.key, row);
      }
    });
    await writing;
    writing = null;
  }

  return {
    session(destination, session) {
      if (!isNew(session, destination.domain)) return;
      const published = session.target.published ?? destination.policy.published;
      const sendingIp = session.egress.sourceAddress ?? '';
      addFailures(destination, published, session.tlsFailures, sendingIp);
      if (session.tlsFacts === null) return;
      const failure = failureOf(destination, published, session.tlsFacts);
      const where = { mxHost: session.target.host, receivingIp: session.dialogue.remoteAddress, sendingIp };
      if (failure) add({ ...describe(destination.domain, failure.published), ...where, result: failure.result, reason: failure.reason.slice(0, 200) });
      // Successes are told by number only: their hosts would only make the sums many.
      else add({ ...describe(destination.domain, published), result: 'success', mxHost: published.type === 'tlsa' ? where.mxHost : '', receivingIp: '', sendingIp: '', reason: '' });
    },
    failures(destination, failures, sourceAddress) {
      if (failures.length === 0 || !isNew(failures, destination.domain)) return;
      addFailures(destination, destination.policy.published, failures, sourceAddress ?? '');
    },
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}

const describe = (domain: string, { type, strings, mxPatterns }: PublishedPolicy): Pick<TlsResultRow, 'policyDomain' | 'policyType' | 'policyStrings' | 'mxPatterns'> => ({
  policyDomain: domain, policyType: type, policyStrings: strings, mxPatterns,
});

/** A session that came about and still is no success: a policy that could not be had, or one in testing that it does not meet. */
function failureOf({ policy }: TlsDestination, published: PublishedPolicy, facts: TlsFacts): { result: TlsResultRow['result']; reason: string; published: PublishedPolicy } | null {
  if (published.type === 'sts' && facts.authenticatedBy === null && facts.webpkiFailure) return { ...facts.webpkiFailure, published };
  if (policy.stsFailure && published.type === 'no-policy-found') return { ...policy.stsFailure, published: { ...NO_POLICY, type: 'sts' } };
  return null;
}
