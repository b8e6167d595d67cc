// The sender checks' view of DNS, against a DNS server.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startDnsServer, type DnsServer } from '../testing/dns-server.ts';
import { createAuthResolver, hostedPart, type AuthResolver, type OverlayRecord } from './auth-resolver.ts';

const OURS: OverlayRecord[] = [
  { name: 'eider.test', type: 'TXT', value: 'v=spf1 a:mail.eider.test ~all', purpose: 'spf' },
  { name: '_dmarc.eider.test', type: 'TXT', value: 'v=DMARC1; p=none', purpose: 'dmarc' },
  { name: 's1._domainkey.eider.test', type: 'TXT', value: 'v=DKIM1; p=ours', purpose: 'dkim' },
  { name: 'eider.test', type: 'MX', value: '10 mail.eider.test', purpose: 'mx' },
];

let dns: DnsServer;
let now: number;
let resolve: AuthResolver;
beforeAll(async () => {
  dns = await startDnsServer();
});
afterAll(() => dns.stop());
beforeEach(() => {
  dns.records.clear();
  dns.asked.length = 0;
  dns.silent = false;
  now = 1_000_000;
  resolve = createAuthResolver({
    servers: [dns.address], mailHost: 'mail.eider.test', now: () => now,
    recordsFor: async (domain) => (domain === 'eider.test' ? OURS : []),
  });
});

const texts = async (name: string) => (await resolve(name, 'TXT')).map((text) => (Array.isArray(text) ? text.join('') : text)).sort();

describe('our own domains', () => {
  test('nothing published: ours stand in', async () => {
    expect(await texts('eider.test')).toEqual(['v=spf1 a:mail.eider.test ~all']);
    expect(await texts('_dmarc.EIDER.test.')).toEqual(['v=DMARC1; p=none']);
    expect(await texts('s1._domainkey.eider.test')).toEqual(['v=DKIM1; p=ours']);
    expect(await resolve('mail.eider.test', 'A')).toEqual(['127.0.0.1']);
  });

  test('a published policy counts, next to records about other things', async () => {
    dns.records.set('TXT eider.test', ['v=spf1 -all', 'site-verification=1']).set('TXT _dmarc.eider.test', ['v=DMARC1; p=reject']);
    expect(await texts('eider.test')).toEqual(['site-verification=1', 'v=spf1 -all']);
    expect(await texts('_dmarc.eider.test')).toEqual(['v=DMARC1; p=reject']);
  });

  test('records about other things do not hide ours', async () => {
    dns.records.set('TXT eider.test', ['site-verification=1']);
    expect(await texts('eider.test')).toEqual(['site-verification=1', 'v=spf1 a:mail.eider.test ~all']);
  });

  test('our keys are the ones that we sign with, whatever is published', async () => {
    dns.records.set('TXT s1._domainkey.eider.test', ['v=DKIM1; p=old']);
    expect(await texts('s1._domainkey.eider.test')).toEqual(['v=DKIM1; p=ours']);
    expect(dns.asked).toEqual([]);
  });

  test("others' keys in our domain are found", async () => {
    dns.records.set('TXT news._domainkey.eider.test', ['v=DKIM1; p=theirs']);
    expect(await texts('news._domainkey.eider.test')).toEqual(['v=DKIM1; p=theirs']);
  });
});

describe('other domains', () => {
  test('found, long texts whole', async () => {
    const long = `v=DKIM1; p=${'k'.repeat(600)}`;
    dns.records.set('TXT a._domainkey.example.net', [long]);
    expect(await texts('a._domainkey.example.net')).toEqual([long]);
  });

  test('not found is told as Node tells it', async () => {
    await expect(resolve('example.net', 'TXT')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  test('answers are remembered for a minute, failures for less', async () => {
    dns.records.set('TXT example.net', ['v=spf1 -all']);
    await texts('example.net');
    await texts('example.net');
    await resolve('example.org', 'TXT').catch(() => {});
    await resolve('example.org', 'TXT').catch(() => {});
    expect(dns.asked).toEqual(['TXT example.net', 'TXT example.org']);
    now += 21_000;
    await texts('example.net');
    await resolve('example.org', 'TXT').catch(() => {});
    expect(dns.asked).toHaveLength(3);
    now += 60_000;
    await texts('example.net');
    expect(dns.asked).toHaveLength(4);
  });

  test('a resolver that does not answer is soon not asked any more, and later again', { timeout: 30_000 }, async () => {
    dns.silent = true;
    const names = ['a', 'b', 'c', 'd'].map((name) => `${name}.example.net`);
    await Promise.all(names.map((name) => expect(resolve(name, 'TXT')).rejects.toMatchObject({ code: 'ETIMEOUT' })));
    const asked = dns.asked.length;
    await expect(resolve('e.example.net', 'TXT')).rejects.toMatchObject({ code: 'ETIMEOUT' });
    expect(dns.asked.length).toBe(asked);
    dns.silent = false;
    dns.records.set('TXT f.example.net', ['x']);
    now += 16_000;
    expect(await texts('f.example.net')).toEqual(['x']);
  });
});

test.each([
  ['eider.test', 'eider.test'],
  ['_dmarc.eider.test', 'eider.test'],
  ['s1._domainkey.eider.test', 'eider.test'],
  ['a.b._domainkey.sub.eider.test', 'sub.eider.test'],
])('%s belongs to %s', (name, domain) => {
  expect(hostedPart(name)).toBe(domain);
});
