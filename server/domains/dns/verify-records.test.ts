import { describe, expect, test } from 'vitest';
import type { DnsAnswer, DnsResolver, MxRecord } from '../../infra/dns/resolver.ts';
import { type PublicRecord, zoneLine } from '../public-records.ts';
import { verifyRecords } from './verify-records.ts';

/** A zone as data: what is not in it does not exist; `null` does not answer. */
function zone(entries: { txt?: Record<string, string[] | null>; mx?: Record<string, MxRecord[]>; a?: Record<string, string[]> }): DnsResolver {
  const answer = <T>(records: T[] | null | undefined): DnsAnswer<T> =>
    records === null ? { kind: 'failed', reason: 'DNS: ESERVFAIL' } : records ? { kind: 'found', records } : { kind: 'none', nameExists: false };
  return {
    txt: async (name) => answer(entries.txt?.[name]),
    mx: async (name) => answer(entries.mx?.[name]),
    addresses: async (name) => answer(entries.a?.[name]),
  } as DnsResolver;
}

const HOST = 'mail.host.example';
const record = (purpose: PublicRecord['purpose'], value: string, name = 'example.com'): PublicRecord => ({ purpose, name, type: purpose === 'mx' ? 'MX' : 'TXT', value });
const check = async (dns: DnsResolver, wanted: PublicRecord, sendingAddresses: string[] = []) => (await verifyRecords({ dns, mailHost: HOST, sendingAddresses }, [wanted]))[0]!;
const a = { [HOST]: ['192.0.2.1', '2001:db8::1'] };

describe('SPF', () => {
  const wanted = record('spf', `v=spf1 a:${HOST} mx ~all`);
  test.each<[string, string[] | null | undefined, string[], string, RegExp]>([
    ['the suggested record', [`v=spf1 a:${HOST} mx ~all`], [], 'ok', /^$/],
    ['another way to say it', ['other text', 'v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all'], [], 'ok', /^$/],
    ['no record', undefined, [], 'missing', /add TXT v=spf1/],
    ['other TXT records only', ['google-site-verification=x'], [], 'missing', /add TXT v=spf1/],
    ['two records', ['v=spf1 -all', `v=spf1 a:${HOST} -all`], [], 'wrong', /2 SPF records/],
    ['a record without us', ['v=spf1 ip4:198.51.100.1 -all'], [], 'wrong', /mail from 192\.0\.2\.1 gets fail: add a:mail\.host\.example mx/],
    ['an egress address that it forgets', [`v=spf1 a:${HOST} -all`], ['203.0.113.9'], 'wrong', /203\.0\.113\.9 gets fail/],
    ['a faulty record', ['v=spf1 a:%{z} -all'], [], 'wrong', /faulty/],
    ['DNS is silent', null, [], 'unknown', /ESERVFAIL/],
  ])('%s', async (_, txt, addresses, status, text) => {
    const result = await check(zone({ txt: txt === undefined ? {} : { 'example.com': txt }, a, mx: { 'example.com': [{ preference: 10, host: HOST }] } }), wanted, addresses);
    expect(result.status).toBe(status);
    expect(result.text).toMatch(text);
  });

  test('more than ten look-ups are an error to receivers', async () => {
    const includes = Array.from({ length: 11 }, (_, index) => `include:s${index}.example`);
    const txt = Object.fromEntries(includes.map((include) => [include.slice(8), ['v=spf1 ip4:198.51.100.1 -all']]));
    expect(await check(zone({ txt: { 'example.com': [`v=spf1 ${includes.join(' ')} a:${HOST} -all`], ...txt }, a }), wanted)).toMatchObject({ status: 'wrong' });
  });
});

describe('the others', () => {
  const dkim = record('dkim', `v=DKIM1; k=rsa; p=${'A'.repeat(300)}`, 's1rsa._domainkey.example.com');
  const at = (name: string, ...texts: string[]) => ({ txt: { [name]: texts } });
  test.each<[string, PublicRecord, Parameters<typeof zone>[0], string, RegExp]>([
    ['DKIM there', dkim, at(dkim.name, dkim.value), 'ok', /^$/],
    ['DKIM with white space', dkim, at(dkim.name, dkim.value.replace('AAAA', 'AA AA')), 'ok', /^$/],
    ['DKIM missing', dkim, {}, 'missing', /add TXT/],
    ['DKIM cut at 255', dkim, at(dkim.name, dkim.value.slice(0, 255)), 'wrong', /cut off/],
    ['another key', dkim, at(dkim.name, 'v=DKIM1; k=rsa; p=BBBB'), 'wrong', /another key/],
    ['two keys', dkim, at(dkim.name, dkim.value, 'v=DKIM1; p=BBBB'), 'wrong', /more than one/],
    ['MX there', record('mx', `10 ${HOST}`), { mx: { 'example.com': [{ preference: 5, host: HOST }] } }, 'ok', /^$/],
    ['MX elsewhere', record('mx', `10 ${HOST}`), { mx: { 'example.com': [{ preference: 5, host: 'mx.other.example' }] } }, 'wrong', /goes to mx\.other\.example/],
    ['null MX', record('mx', `10 ${HOST}`), { mx: { 'example.com': [{ preference: 0, host: '' }] } }, 'wrong', /nobody/],
    ['DMARC there', record('dmarc', 'v=DMARC1; p=none', '_dmarc.example.com'), at('_dmarc.example.com', 'v=DMARC1; p=reject; rua=mailto:a@example.com'), 'ok', /^$/],
    ['DMARC twice', record('dmarc', 'v=DMARC1; p=none', '_dmarc.example.com'), at('_dmarc.example.com', 'v=DMARC1; p=none', 'v=DMARC1; p=reject'), 'wrong', /one only/],
    ['TLS reports', record('tlsrpt', 'v=TLSRPTv1; rua=mailto:t@example.com', '_smtp._tls.example.com'), {}, 'missing', /TLSRPT/],
  ])('%s', async (_, wanted, entries, status, text) => {
    const result = await check(zone(entries), wanted);
    expect(result.status).toBe(status);
    expect(result.text).toMatch(text);
  });
});

test('long records stand in strings of at most 255', () => {
  const line = zoneLine(record('dkim', `v=DKIM1; p=${'A'.repeat(400)}"\\`));
  const strings = [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1]!.replace(/\\(.)/g, '$1'));
  expect(strings.join('')).toBe(`v=DKIM1; p=${'A'.repeat(400)}"\\`);
  expect(Math.max(...strings.map((text) => text.length))).toBe(255);
  expect(zoneLine(record('mx', '10 mail.host.example'))).toBe('example.com. IN MX 10 mail.host.example.');
});
