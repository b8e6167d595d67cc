// DNS for mail: MX, addresses, TXT and TLSA, kept for as long as each answer may be, "there is none" included
// (RFC 2308). Tells "there is none" from "could not find out", which mail must never confuse.
import { isIP } from 'node:net';
import type { Answer, DecodedPacket } from 'dns-packet';
import { type DnsQuestion, type DnsReply, type DnsType, dnsExchange, dnsServers } from './dns-exchange.ts';

export type DnsAnswer<T> =
  /** `secure`: validated by DNSSEC. `canonicalName`: where CNAMEs led to. */
  | { kind: 'found'; records: T[]; secure?: boolean; canonicalName?: string }
  /** The name does not exist, or has no such record. */
  | { kind: 'none'; nameExists: boolean; secure?: boolean }
  /** Time-out, SERVFAIL (a forged answer, too, where the server validates) and the like: ask again later. */
  | { kind: 'failed'; reason: string };

export interface MxRecord {
  preference: number;
  /** '' is the null MX (RFC 7505). */
  host: string;
}

/** RFC 6698 2.1. */
export interface TlsaData {
  usage: number;
  selector: number;
  matchingType: number;
  data: Buffer;
}

export interface DnsResolver {
  /** Whether answers can be `secure`: the server validates, and the way to it is trusted. */
  readonly validating: boolean;
  mx(domain: string): Promise<DnsAnswer<MxRecord>>;
  /** IPv4 and IPv6 addresses, in this order. */
  addresses(host: string): Promise<DnsAnswer<string>>;
  txt(name: string): Promise<DnsAnswer<string>>;
  tlsa(name: string): Promise<DnsAnswer<TlsaData>>;
}

export interface ResolverOptions {
  /** The servers validate DNSSEC and nobody stands between; absent: where all of them are on this machine. */
  validating?: boolean;
}

const MAX_CACHED = 20_000;
/** Bounds for TTLs: a zero would ask for every message, and a week would outlive any move. */
const FOUND_MS = { least: 5_000, most: 60 * 60_000 };
const NONE_MS = { least: 5_000, most: 15 * 60_000, unknown: 60_000 };
/** RFC 9520 3.2: at least a second, at most five minutes. */
const FAILED_MS = 10_000;

interface Raw {
  answer: DnsAnswer<unknown>;
  keepMs: number;
}

/**
 * @param servers `ip` or `ip:port` each; empty: the system's
 * @throws an error that names a malformed server
 */
export function dnsResolver(servers: readonly string[], options: ResolverOptions = {}): DnsResolver {
  const addresses = dnsServers(servers);
  const validating = options.validating ?? (addresses.length > 0 && addresses.every(({ host }) => host === '::1' || host.startsWith('127.')));
  const exchange = dnsExchange(addresses, validating);
  const cache = new Map<string, { raw: Promise<DnsAnswer<unknown>>; until: number }>();

  function look<T>(question: DnsQuestion): Promise<DnsAnswer<T>> {
    const key = `${question.type} ${question.name.toLowerCase()}`;
    const known = cache.get(key);
    if (known && known.until > performance.now()) return known.raw as Promise<DnsAnswer<T>>;
    cache.delete(key);
    if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value!);
    // Kept while it is being asked, so that a thousand messages to one domain ask once.
    const entry = { until: Number.POSITIVE_INFINITY, raw: undefined as unknown as Promise<DnsAnswer<unknown>> };
    entry.raw = exchange(question).then((reply) => {
      const { answer, keepMs } = interpret(question, reply, validating);
      entry.until = performance.now() + keepMs;
      return answer;
    });
    cache.set(key, entry);
    return entry.raw as Promise<DnsAnswer<T>>;
  }

  return {
    validating,
    mx: (domain) => look({ name: domain, type: 'MX' }),
    txt: (name) => look({ name, type: 'TXT' }),
    tlsa: (name) => look({ name, type: 'TLSA' }),
    async addresses(host) {
      const families = await Promise.all([look<string>({ name: host, type: 'A' }), look<string>({ name: host, type: 'AAAA' })]);
      return bothFamilies(families);
    },
  };
}

/** A failed look-up outweighs an empty one, since it may have hidden addresses. */
function bothFamilies(families: DnsAnswer<string>[]): DnsAnswer<string> {
  const found = families.filter((answer) => answer.kind === 'found');
  const secure = families.every((answer) => answer.kind !== 'failed' && answer.secure === true) ? { secure: true } : {};
  if (found.length > 0) {
    const canonicalName = found[0]!.canonicalName;
    return { kind: 'found', records: found.flatMap((answer) => answer.records), ...secure, ...(canonicalName !== undefined && { canonicalName }) };
  }
  const failed = families.find((answer) => answer.kind === 'failed');
  return failed ?? { kind: 'none', nameExists: families.some((answer) => answer.kind === 'none' && answer.nameExists), ...secure };
}

function interpret(question: DnsQuestion, result: DnsReply, validating: boolean): Raw {
  if (result.kind === 'failed') return { answer: result, keepMs: FAILED_MS };
  const { reply } = result;
  const secure = validating && reply.flag_ad ? { secure: true } : {};
  const { records, ttlSeconds, canonicalName } = answersTo(question, reply);
  if (records.length > 0) {
    const alias = canonicalName === question.name.toLowerCase() ? {} : { canonicalName };
    return { answer: { kind: 'found', records, ...secure, ...alias }, keepMs: clamp(ttlSeconds * 1000, FOUND_MS) };
  }
  const soa = reply.authorities?.find((record) => record.type === 'SOA');
  // RFC 2308 5: the lesser of the record's own TTL and its MINIMUM field.
  const noneMs = soa?.type === 'SOA' ? Math.min(soa.ttl ?? 0, soa.data.minimum ?? 0) * 1000 : NONE_MS.unknown;
  return { answer: { kind: 'none', nameExists: reply.rcode !== 'NXDOMAIN', ...secure }, keepMs: clamp(noneMs, NONE_MS) };
}

const clamp = (ms: number, { least, most }: { least: number; most: number }): number => Math.min(Math.max(ms, least), most);

/** More CNAMEs than anybody needs. */
const MAX_CNAMES = 10;

/** The wanted records at the end of the CNAMEs that lead from the question's name, and the least TTL on the way. */
function answersTo(question: DnsQuestion, reply: DecodedPacket): { records: unknown[]; ttlSeconds: number; canonicalName: string } {
  const answers = reply.answers ?? [];
  let name = question.name.toLowerCase();
  let ttlSeconds = Number.POSITIVE_INFINITY;
  for (let steps = 0; steps < MAX_CNAMES; steps++) {
    const alias = answers.find((record) => record.type === 'CNAME' && record.name.toLowerCase() === name);
    if (alias?.type !== 'CNAME') break;
    ttlSeconds = Math.min(ttlSeconds, alias.ttl ?? 0);
    name = alias.data.toLowerCase();
  }
  const matching = answers.filter((record) => record.type === question.type && record.name.toLowerCase() === name);
  const records: unknown[] = [];
  for (const record of matching) {
    const value = READERS[question.type](record);
    if (value === null) continue;
    records.push(value);
    ttlSeconds = Math.min(ttlSeconds, (record as { ttl?: number }).ttl ?? 0);
  }
  return { records, ttlSeconds, canonicalName: name };
}

/** What could be no host's name could still reach logs and other servers, so it counts as absent. */
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;

/** The value of a record; null: malformed. */
const READERS: Record<DnsType, (record: Answer) => unknown> = {
  A: (record) => (record.type === 'A' && isIP(record.data) === 4 ? record.data : null),
  AAAA: (record) => (record.type === 'AAAA' && isIP(record.data) === 6 ? record.data : null),
  CNAME: (record) => (record.type === 'CNAME' ? record.data.toLowerCase() : null),
  MX(record): MxRecord | null {
    if (record.type !== 'MX') return null;
    const host = record.data.exchange.toLowerCase();
    if (host === '.' || host === '') return { preference: record.data.preference ?? 0, host: '' };
    return HOST_NAME.test(host) ? { preference: record.data.preference ?? 0, host } : null;
  },
  TXT(record): string | null {
    if (record.type !== 'TXT') return null;
    const parts = Array.isArray(record.data) ? record.data : [record.data];
    return parts.map((part) => (typeof part === 'string' ? part : part.toString('utf8'))).join('');
  },
  TLSA(record): TlsaData | null {
    if (record.type !== 'TLSA') return null;
    const { usage, selector, matchingType, certificate } = record.data;
    return { usage, selector, matchingType, data: Buffer.from(certificate) };
  },
};
