// DNS as the sender checks (SPF, DKIM, DMARC, ARC) see it. Owns time limits, a short cache, and the overlay
// of our hosted domains' own records, so that our mail passes before anything is published.
import { Resolver } from 'node:dns/promises';

export type AuthResolver = (name: string, type: string) => Promise<string[] | string[][]>;

export interface OverlayRecord {
  name: string;
  type: string;
  value: string;
  purpose: string;
}

export interface AuthResolverOptions {
  /** `ip` or `ip:port`; empty: the system's. */
  servers: string[];
  /** The records that a hosted domain should have; empty when the domain is not hosted here. */
  recordsFor(domain: string): Promise<OverlayRecord[]>;
  /** Our own host name: for a client on loopback it stands for this machine. */
  mailHost: string;
  now?: () => number;
}

const QUERY_TIMEOUT_MS = 2_000;
const FOUND_TTL_MS = 60_000;
const FAILED_TTL_MS = 20_000;
const OVERLAY_TTL_MS = 30_000;
const MAX_ENTRIES = 10_000;
/** When this many queries in a row got no answer at all, none is asked for a while. */
const DEAD_AFTER = 4;
const DEAD_FOR_MS = 15_000;

interface Entry<T> {
  until: number;
  value: Promise<T>;
}

/** A resolver in the form that mailauth takes: rejects with Node's DNS error codes. */
export function createAuthResolver(options: AuthResolverOptions): AuthResolver {
  const now = options.now ?? Date.now;
  const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: 1 });
  if (options.servers.length > 0) resolver.setServers(options.servers);
  const answers = new Map<string, Entry<string[] | string[][]>>();
  const overlays = new Map<string, Entry<OverlayRecord[]>>();
  let silent = 0;
  let deadUntil = 0;

  const query = async (name: string, type: string) => {
    if (now() < deadUntil) throw dnsError('ETIMEOUT', name);
    try {
      const found = (await resolver.resolve(name, type)) as string[] | string[][];
      silent = 0;
      return found;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ETIMEOUT' || code === 'ECONNREFUSED') {
        silent += 1;
        if (silent >= DEAD_AFTER) deadUntil = now() + DEAD_FOR_MS;
      } else silent = 0;
      throw error;
    }
  };

  const cachedQuery = (name: string, type: string) =>
    remember(answers, `${type} ${name}`, now, (entry) => {
      const value = query(name, type);
      value.then(
        () => (entry.until = now() + FOUND_TTL_MS),
        () => (entry.until = now() + FAILED_TTL_MS),
      );
      return value;
    });

  const overlay = (domain: string) =>
    remember(overlays, domain, now, (entry) => {
      entry.until = now() + OVERLAY_TTL_MS;
      return options.recordsFor(domain);
    });

  return async (rawName, rawType) => {
    const name = rawName.toLowerCase().replace(/\.$/, '');
    const type = rawType.toUpperCase();
    const own = (await overlay(hostedPart(name))).filter((record) => record.name === name && record.type === type);
    // Our key records are what we sign with, whatever DNS still has cached. The policies are the domain
    // owner's: what is published counts, and ours stand in only where nothing is.
    const keys = own.filter((record) => record.purpose === 'dkim');
    if (keys.length > 0) return keys.map((record) => [record.value]);
    try {
      const found = await cachedQuery(name, type);
      const others = own.filter((record) => !found.some((text) => samePurpose(text, record)));
      return type === 'TXT' ? [...(found as string[][]), ...others.map((record) => [record.value])] : found;
    } catch (error) {
      if (type === 'TXT' && own.length > 0) return own.map((record) => [record.value]);
      if (type === 'A' && name === options.mailHost) return ['127.0.0.1'];
      if (type === 'AAAA' && name === options.mailHost) return ['::1'];
      throw error;
    }
  };
}

/** The domain that a name's records belong to: without `_dmarc.` and `<selector>._domainkey.`. */
export function hostedPart(name: string): string {
  return name.replace(/^_dmarc\./, '').replace(/^.*\._domainkey\./, '');
}

function samePurpose(found: string | string[], record: OverlayRecord): boolean {
  const text = Array.isArray(found) ? found.join('') : found;
  if (record.purpose === 'spf') return /^v=spf1\b/i.test(text);
  return record.purpose === 'dmarc' && /^v=DMARC1\b/i.test(text);
}

function remember<T>(cache: Map<string, Entry<T>>, key: string, now: () => number, make: (entry: Entry<T>) => Promise<T>): Promise<T> {
  const known = cache.get(key);
  if (known && known.until > now()) return known.value;
  if (cache.size >= MAX_ENTRIES) cache.delete(cache.keys().next().value!);
  const entry: Entry<T> = { until: now() + QUERY_TIMEOUT_MS * 2, value: undefined as unknown as Promise<T> };
  cache.delete(key);
  cache.set(key, entry);
  entry.value = make(entry);
  // The failure is the askers' to handle; kept here it must not count as unhandled.
  entry.value.catch(() => {});
  return entry.value;
}

function dnsError(code: string, name: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`query ${code} ${name}`), { code });
}
