// DNS for mail: MX and addresses, cached with negative caching, through DNS_SERVERS where set. Tells "there is
// none" from "could not find out", which mail must never confuse.
import { promises as dns } from 'node:dns';

export type DnsAnswer<T> =
  | { kind: 'found'; records: T[] }
  /** The name does not exist, or has no such record. */
  | { kind: 'none'; nameExists: boolean }
  /** Time-out, SERVFAIL and the like: ask again later. */
  | { kind: 'failed'; reason: string };

export interface MxRecord {
  preference: number;
  /** '' is the null MX (RFC 7505). */
  host: string;
}

export interface DnsResolver {
  mx(domain: string): Promise<DnsAnswer<MxRecord>>;
  /** IPv4 and IPv6 addresses, in this order. */
  addresses(host: string): Promise<DnsAnswer<string>>;
  txt(name: string): Promise<DnsAnswer<string>>;
}

const MAX_CACHED = 20_000;
/** Node does not tell the TTL of MX and TXT records; these are bounds for all. */
const FOUND_MS = 5 * 60_000;
const MAX_FOUND_MS = 60 * 60_000;
const NONE_MS = 60_000;
const FAILED_MS = 10_000;

/** Answers that say that there is nothing, as opposed to no answer. */
const NO_DATA = new Set(['ENODATA']);
const NO_NAME = new Set(['ENOTFOUND', 'EBADNAME']);

/**
 * @param servers `ip` or `ip:port` each; empty: the system's
 */
export function dnsResolver(servers: readonly string[]): DnsResolver {
  const resolver = new dns.Resolver({ timeout: 4_000, tries: 3 });
  if (servers.length > 0) resolver.setServers([...servers]);
  const cache = new Map<string, { answer: Promise<DnsAnswer<unknown>>; until: number }>();

  function cached<T>(key: string, ask: () => Promise<{ records: T[]; ttlMs: number }>): Promise<DnsAnswer<T>> {
    const known = cache.get(key);
    if (known && known.until > performance.now()) return known.answer as Promise<DnsAnswer<T>>;
    // Kept while it is being asked, so that a thousand messages to one domain ask once.
    const entry = { answer: query(ask), until: Number.POSITIVE_INFINITY };
    if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value!);
    cache.set(key, entry as never);
    return entry.answer.then(({ answer, keepMs }) => {
      entry.until = performance.now() + keepMs;
      return answer;
    });
  }

  return {
    mx: (domain) =>
      cached(`mx ${domain}`, async () => {
        const records = await resolver.resolveMx(domain);
        return { records: records.map((record) => ({ preference: record.priority, host: record.exchange === '.' ? '' : record.exchange.toLowerCase() })), ttlMs: FOUND_MS };
      }),
    addresses: (host) => cached(`a ${host}`, () => bothFamilies(resolver, host)),
    txt: (name) =>
      cached(`txt ${name}`, async () => ({ records: (await resolver.resolveTxt(name)).map((strings) => strings.join('')), ttlMs: FOUND_MS })),
  };
}

async function query<T>(ask: () => Promise<{ records: T[]; ttlMs: number }>): Promise<{ answer: DnsAnswer<T>; keepMs: number }> {
  try {
    const { records, ttlMs } = await ask();
    return { answer: { kind: 'found', records }, keepMs: Math.min(Math.max(ttlMs, 5_000), MAX_FOUND_MS) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    if (NO_DATA.has(code)) return { answer: { kind: 'none', nameExists: true }, keepMs: NONE_MS };
    if (NO_NAME.has(code)) return { answer: { kind: 'none', nameExists: false }, keepMs: NONE_MS };
    return { answer: { kind: 'failed', reason: `DNS: ${code}` }, keepMs: FAILED_MS };
  }
}

async function bothFamilies(resolver: dns.Resolver, host: string): Promise<{ records: string[]; ttlMs: number }> {
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(host, { ttl: true }), resolver.resolve6(host, { ttl: true })]);
  const records = [v4, v6].flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  if (records.length > 0) {
    return { records: records.map((record) => record.address), ttlMs: Math.min(...records.map((record) => record.ttl)) * 1000 };
  }
  // None of either family: a failed look-up outweighs an empty one, since it may have hidden addresses.
  const faults = [v4, v6].map((result) => (result as PromiseRejectedResult).reason as NodeJS.ErrnoException);
  throw faults.find((fault) => !NO_DATA.has(fault.code ?? '') && !NO_NAME.has(fault.code ?? '')) ?? faults[0];
}
