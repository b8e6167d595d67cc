// Whether DNS has what a hosted domain needs. Asks a resolver and compares; changes nothing.
import { spf } from 'mailauth/lib/spf/index.js';
import type { DnsAnswer, DnsResolver } from '../../infra/dns/resolver.ts';
import type { PublicRecord } from '../public-records.ts';
import { readDkimRecord } from './dkim-record.ts';
import { readDmarcRecord } from './dmarc-record.ts';

export interface RecordCheck {
  purpose: PublicRecord['purpose'];
  name: string;
  /** `unknown`: DNS did not answer, so nothing can be said. */
  status: 'ok' | 'missing' | 'wrong' | 'unknown';
  /** What is wrong and what should stand there, or what could be better; '' when there is nothing to say. */
  text: string;
}

export interface VerifyDeps {
  dns: DnsResolver;
  /** This installation's host name. */
  mailHost: string;
  /** The addresses that mail leaves from, where they are known and public. */
  sendingAddresses: readonly string[];
}

type Verdict = Pick<RecordCheck, 'status' | 'text'>;
const ok = (text = ''): Verdict => ({ status: 'ok', text });
const wrong = (text: string): Verdict => ({ status: 'wrong', text });
const missing = (record: PublicRecord): Verdict => ({ status: 'missing', text: `add ${record.type} ${record.value}` });

const CHECKS: Record<PublicRecord['purpose'], (deps: VerifyDeps, record: PublicRecord) => Promise<Verdict>> = {
  mx: checkMx,
  spf: checkSpf,
  dkim: checkDkim,
  dmarc: checkDmarc,
  tlsrpt: async ({ dns }, record) =>
    judge(await dns.txt(record.name), record, (texts) => (texts.some((text) => text.startsWith('v=TLSRPTv1')) ? ok() : missing(record))),
};

/** One line a record, in the given order. */
export function verifyRecords(deps: VerifyDeps, records: readonly PublicRecord[]): Promise<RecordCheck[]> {
  return Promise.all(
    records.map(async (record) => ({ purpose: record.purpose, name: record.name, ...(await CHECKS[record.purpose](deps, record)) })),
  );
}

/** Tells "none" from "could not ask" before the records are looked at. */
function judge<T>(answer: DnsAnswer<T>, record: PublicRecord, look: (records: T[]) => Verdict): Verdict {
  if (answer.kind === 'failed') return { status: 'unknown', text: `could not be looked up: ${answer.reason}` };
  return answer.kind === 'none' ? missing(record) : look(answer.records);
}

async function checkMx({ dns, mailHost }: VerifyDeps, record: PublicRecord): Promise<Verdict> {
  return judge(await dns.mx(record.name), record, (records) => {
    const hosts = records.map(({ host }) => host.replace(/\.$/, ''));
    if (!hosts.includes(mailHost)) return wrong(`mail for ${record.name} goes to ${hosts.join(', ') || 'nobody (null MX)'}, not to ${mailHost}`);
    return hosts.length > 1 ? ok(`also ${hosts.filter((host) => host !== mailHost).join(', ')}`) : ok();
  });
}

async function checkSpf(deps: VerifyDeps, record: PublicRecord): Promise<Verdict> {
  const answer = await deps.dns.txt(record.name);
  const texts = answer.kind === 'found' ? answer.records.filter((text) => /^v=spf1(?: |$)/i.test(text)) : [];
  if (answer.kind === 'failed' || texts.length === 0) return judge(answer, record, () => missing(record));
  // RFC 7208 4.5: two records are an error to every receiver.
  if (texts.length > 1) return wrong(`${texts.length} SPF records, where there may be one only: join them`);
  const known = await deps.dns.addresses(deps.mailHost);
  const addresses = [...new Set([...deps.sendingAddresses, ...(known.kind === 'found' ? known.records : [])])];
  if (addresses.length === 0) return { status: 'unknown', text: `the addresses of ${deps.mailHost} are not in DNS, so nothing can be tried` };
  const results = await Promise.all(addresses.map((ip) => evaluateSpf(deps, record.name, ip)));
  const faulty = results.find((result) => result.result !== 'pass');
  if (!faulty) return ok();
  if (faulty.result === 'temperror') return { status: 'unknown', text: 'a look-up that the record asks for did not answer' };
  if (faulty.result === 'permerror') return wrong(`the record is faulty for receivers: ${faulty.comment}`);
  return wrong(`mail from ${faulty.ip} gets ${faulty.result}: add ${missingMechanism(record.value)}`);
}

const missingMechanism = (value: string): string => value.replace(/^v=spf1 /, '').replace(/ [~?-]all$/, '');

async function evaluateSpf({ dns, mailHost }: VerifyDeps, domain: string, ip: string): Promise<{ ip: string; result: string; comment: string }> {
  const { status } = await spf({ sender: `postmaster@${domain}`, ip, helo: mailHost, mta: mailHost, resolver: spfResolver(dns) });
  return { ip, result: String(status.result), comment: String(status.comment ?? '').slice(0, 200) };
}

async function checkDkim({ dns }: VerifyDeps, record: PublicRecord): Promise<Verdict> {
  const wanted = readDkimRecord(record.value)!.publicKey;
  return judge(await dns.txt(record.name), record, (texts) => {
    const keys = texts.map(readDkimRecord).filter((reading) => reading !== null);
    if (keys.some(({ publicKey }) => publicKey === wanted)) return keys.length === 1 ? ok() : wrong('more than one key under this selector: receivers may take the other one');
    if (keys.length === 0) return missing(record);
    const cut = keys.some(({ publicKey }) => publicKey !== '' && wanted.startsWith(publicKey));
    return wrong(cut ? 'the key is cut off: a TXT record of more than 255 characters stands in several strings' : `another key is there: put ${record.value}`);
  });
}

async function checkDmarc({ dns }: VerifyDeps, record: PublicRecord): Promise<Verdict> {
  return judge(await dns.txt(record.name), record, (texts) => {
    const readings = texts.map(readDmarcRecord).filter((reading) => reading.kind !== 'other');
    // RFC 9989 4.10.1: several records count as none.
    if (readings.length > 1) return wrong(`${readings.length} DMARC records, where there may be one only`);
    const [reading] = readings;
    if (!reading) return missing(record);
    return reading.kind === 'invalid' ? wrong(reading.rule) : ok(reading.advice.join('; '));
  });
}

/** Our resolver in the form that mailauth takes: rejects with Node's codes. */
function spfResolver(dns: DnsResolver) {
  const unwrap = <T>(answer: DnsAnswer<T>): T[] => {
    if (answer.kind === 'found') return answer.records;
    throw Object.assign(new Error(`DNS: ${answer.kind}`), { code: answer.kind === 'failed' ? 'ETIMEOUT' : answer.nameExists ? 'ENODATA' : 'ENOTFOUND' });
  };
  const ofFamily = async (name: string, isV6: boolean) => {
    const found = unwrap(await dns.addresses(name)).filter((address) => address.includes(':') === isV6);
    if (found.length === 0) throw Object.assign(new Error('DNS: none'), { code: 'ENODATA' });
    return found;
  };
  return async (name: string, type: string): Promise<never> => {
    if (type === 'TXT') return unwrap(await dns.txt(name)).map((text) => [text]) as never;
    if (type === 'MX') return unwrap(await dns.mx(name)).map(({ host, preference }) => ({ exchange: host, priority: preference })) as never;
    if (type === 'A' || type === 'AAAA') return (await ofFamily(name, type === 'AAAA')) as never;
    throw Object.assign(new Error(`DNS: no ${type} here`), { code: 'ENODATA' });
  };
}
