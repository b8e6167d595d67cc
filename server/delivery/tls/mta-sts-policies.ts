// Which MTA-STS policy holds for a domain right now (RFC 8461): its DNS record tells the policy's id, the policy comes
// over HTTPS and is kept in the database for its max_age. What attackers can take away (the record, the web server)
// does not end a policy that is kept.
import type { Queryable } from '../../infra/db/pool.ts';
import type { DnsResolver } from '../../infra/dns/resolver.ts';
import { publicHttps, type PublicHttpsDeps } from '../../infra/dns/public-https.ts';
import type { Logger } from '../../infra/log/logger.ts';
import { parseStsPolicy, type StsPolicy, stsRecordId } from '../../mail/mta-sts.ts';
import type { TlsResultType } from '../../mail/tls-result.ts';
import { type KeptStsPolicy, selectStsPolicy, upsertStsPolicy } from './mta-sts.store.ts';

export interface StsLookup {
  /** Null: none holds. */
  policy: StsPolicy | null;
  /** A policy is announced and could not be had, for the report to the domain (RFC 8460 4.3.2.2). */
  failure: { result: TlsResultType; reason: string } | null;
}

export interface StsPolicies {
  /** Never throws; a database or DNS that is away counts as no policy unless one is known. */
  find(domain: string): Promise<StsLookup>;
  /** Fetches anew whatever is kept, and keeps it when it can be had. */
  refresh(domain: string): Promise<StsLookup>;
}

export interface StsDeps {
  db: Queryable;
  dns: DnsResolver;
  log: Logger;
  https?: PublicHttpsDeps['overrides'];
  /** How long mail waits for the policy of a domain that none is known of; FIRST_CONTACT_MS. */
  firstContactMs?: number;
}

/** An answer is used again for this long: a policy's change is noticed within it. */
const KEEP_MS = 60_000;
/** RFC 8461 3.3: a fetch that failed is not repeated more often than every five minutes. */
const FAILED_FETCH_MS = 5 * 60_000;
const MAX_KEPT = 20_000;
/** RFC 8461 3.3 suggests a minute; a third of it is patience enough for a file of a few lines. */
const FETCH_MS = 20_000;
/**
 * Decision 0182: a slow web server must hold up neither the look-up of the site nor the mail of others. What is kept holds
 * while its successor is fetched; where nothing is kept, mail waits this long and then goes as to a domain without a policy.
 */
const FIRST_CONTACT_MS = 1_000;
const MAX_POLICY_BYTES = 64 * 1024;

export function stsPolicies(deps: StsDeps): StsPolicies {
  const known = new Map<string, { lookup: Promise<StsLookup>; until: number }>();
  const failures = new Map<string, { id: string; failure: StsLookup['failure']; until: number }>();
  /** Under way, one for a domain. */
  const fetches = new Map<string, Promise<Fetched>>();

  /** Joins a fetch that is under way. What it brings is known to the next who ask. */
  function fetchFor(domain: string, id: string): Promise<Fetched> {
    let fetching = fetches.get(domain);
    if (!fetching) {
      fetching = fetchAndKeep(domain, id)
        .catch((error: unknown): Fetched => {
          deps.log.warn({ err: error, domain }, 'MTA-STS policy could not be kept');
          return { failure: { result: 'sts-policy-fetch-error', reason: 'internal fault' } };
        })
        .finally(() => fetches.delete(domain));
      fetches.set(domain, fetching);
    }
    return fetching;
  }

  async function fetchAndKeep(domain: string, id: string): Promise<Fetched> {
    const fetched = await fetchPolicy(deps, domain);
    if ('failure' in fetched) {
      if (failures.size >= MAX_KEPT) failures.delete(failures.keys().next().value!);
      failures.set(domain, { id, failure: fetched.failure, until: performance.now() + FAILED_FETCH_MS });
      deps.log.info({ domain, reason: fetched.failure.reason }, 'MTA-STS policy could not be fetched');
      return fetched;
    }
    failures.delete(domain);
    await upsertStsPolicy(deps.db, domain, id, fetched.policy);
    return fetched;
  }

  async function look(domain: string, anew: boolean): Promise<StsLookup> {
    const records = await deps.dns.txt(`_mta-sts.${domain}`);
    const id = records.kind === 'found' ? stsRecordId(records.records) : null;
    // No record and nothing kept is what nearly all domains are.
    const kept: KeptStsPolicy | null = await selectStsPolicy(deps.db, domain);
    if (id === null) return { policy: kept?.policy ?? null, failure: null };
    if (kept?.policyId === id && !anew) return { policy: kept.policy, failure: null };
    const failed = failures.get(domain);
    if (failed && failed.id === id && failed.until > performance.now()) return { policy: kept?.policy ?? null, failure: failed.failure };
    const fetching = fetchFor(domain, id);
    const late = (): void => void known.delete(domain);
    if (kept && !anew) {
      void fetching.then(late);
      return { policy: kept.policy, failure: null };
    }
    const fetched = anew ? await fetching : await within(fetching, deps.firstContactMs ?? FIRST_CONTACT_MS);
    if (fetched === null) {
      void fetching.then(late);
      deps.log.info({ domain }, 'MTA-STS policy is slow to come; mail goes without until it is there');
      return { policy: null, failure: null };
    }
    if ('policy' in fetched) return { policy: fetched.policy, failure: null };
    // RFC 8461 5.1: what is kept and not expired holds on.
    return { policy: kept?.policy ?? null, failure: fetched.failure };
  }

  function remember(domain: string, anew: boolean): Promise<StsLookup> {
    const lookup = look(domain, anew).catch((error: unknown): StsLookup => {
      deps.log.warn({ err: error, domain }, 'MTA-STS policy could not be looked up');
      known.delete(domain);
      return { policy: null, failure: null };
    });
    if (known.size >= MAX_KEPT) known.delete(known.keys().next().value!);
    known.set(domain, { lookup, until: performance.now() + KEEP_MS });
    return lookup;
  }

  return {
    find(domain) {
      const entry = known.get(domain);
      if (entry && entry.until > performance.now()) return entry.lookup;
      known.delete(domain);
      return remember(domain, false);
    },
    refresh: (domain) => remember(domain, true),
  };
}

type Fetched = { policy: StsPolicy } | { failure: NonNullable<StsLookup['failure']> };

/** Null when it takes longer. */
async function within<T>(work: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function fetchPolicy(deps: StsDeps, domain: string): Promise<Fetched> {
  const answer = await publicHttps(
    { dns: deps.dns, ...(deps.https && { overrides: deps.https }) },
    { url: `https://mta-sts.${domain}/.well-known/mta-sts.txt`, method: 'GET', timeoutMs: FETCH_MS, maxBytes: MAX_POLICY_BYTES },
  );
  const failure = (result: TlsResultType, reason: string) => ({ failure: { result, reason } });
  if (answer.kind === 'failed') return failure(answer.cause === 'certificate' ? 'sts-webpki-invalid' : 'sts-policy-fetch-error', answer.reason);
  // RFC 8461 3.3: redirects are not followed.
  if (answer.status !== 200) return failure('sts-policy-fetch-error', `status ${answer.status}`);
  if (!/^text\/plain\s*(;|$)/i.test(answer.contentType)) return failure('sts-policy-fetch-error', `content type ${answer.contentType.slice(0, 80)}`);
  const parsed = parseStsPolicy(answer.body);
  return parsed.kind === 'policy' ? { policy: parsed.policy } : failure('sts-policy-invalid', parsed.reason);
}
