// What the resolver makes of answers on the wire beyond the plain ones of resolver.protocol.test.ts.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { dnsServers } from './dns-exchange.ts';
import { dnsResolver } from './resolver.ts';
import { a, type DnsDouble, mx, startDnsDouble } from './testing/dns-double.ts';

let dns: DnsDouble;
beforeEach(async () => {
  dns = await startDnsDouble();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await dns.close();
});

/** Moves the resolver's clock on. */
function passes(seconds: number): void {
  const now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => now + seconds * 1000);
}
const times = (question: string): number => dns.asked.filter((asked) => asked === question).length;

describe('answers are kept for as long as they may be', () => {
  test.each<[name: string, answer: object, after: number, asked: number]>([
    ['within the TTL', { records: mx('m.example') }, 299, 1],
    ['past the TTL', { records: mx('m.example') }, 301, 2],
    ['a TTL of zero for a few seconds', { records: [{ type: 'MX', ttl: 0, data: { preference: 1, exchange: 'm.example' } }] }, 4, 1],
    ['a TTL of a week for an hour', { records: [{ type: 'MX', ttl: 604_800, data: { preference: 1, exchange: 'm.example' } }] }, 3_601, 2],
    ['none, within the SOA’s minimum', { rcode: 'NXDOMAIN', soa: { ttl: 3_600, minimum: 120 } }, 119, 1],
    ['none, past it', { rcode: 'NXDOMAIN', soa: { ttl: 3_600, minimum: 120 } }, 121, 2],
    ['none, past the SOA’s own TTL', { rcode: 'NXDOMAIN', soa: { ttl: 30, minimum: 3_600 } }, 31, 2],
    ['a failure for ten seconds', { rcode: 'SERVFAIL' }, 9, 1],
    ['a failure not longer', { rcode: 'SERVFAIL' }, 11, 2],
  ])('%s', async (_name, answer, after, asked) => {
    dns.zone.set('MX d.example', answer);
    const resolver = dnsResolver([dns.address]);
    await resolver.mx('d.example');
    passes(after);
    await resolver.mx('d.example');
    expect(times('MX d.example')).toBe(asked);
  });
});

test('an answer that does not fit is asked for again over TCP', async () => {
  dns.zone.set('TXT big.example', { truncated: true, records: [{ type: 'TXT', data: Array.from({ length: 20 }, () => 'x'.repeat(200)) }] });
  const answer = await dnsResolver([dns.address]).txt('big.example');
  expect(answer).toEqual({ kind: 'found', records: ['x'.repeat(4_000)] });
  expect(dns.asked).toEqual(['TXT big.example', 'TXT big.example tcp']);
});

test('CNAMEs are followed within the answer, and the end of them is told', async () => {
  dns.zone.set('A mx.example', { records: [{ type: 'CNAME', data: 'real.example', ttl: 20 }, { type: 'A', name: 'real.example', data: '192.0.2.1' }, { type: 'A', name: 'stray.example', data: '192.0.2.66' }] });
  dns.zone.set('AAAA mx.example', { records: [{ type: 'CNAME', data: 'real.example' }] });
  expect(await dnsResolver([dns.address]).addresses('mx.example')).toEqual({ kind: 'found', records: ['192.0.2.1'], canonicalName: 'real.example' });
});

test.each<[validating: boolean | undefined, ad: boolean, secure: boolean]>([
  [undefined, true, true],
  [true, true, true],
  [false, true, false],
  [true, false, false],
])('the AD bit counts where the server is trusted (set: %s, AD: %s)', async (validating, ad, secure) => {
  dns.zone.set('MX d.example', { records: mx('m.example'), ad });
  const resolver = dnsResolver([dns.address], validating === undefined ? {} : { validating });
  const answer = await resolver.mx('d.example');
  expect(answer.kind === 'found' && answer.secure === true).toBe(secure);
});

test('addresses are secure only when both families are', async () => {
  dns.zone.set('A h.example', { records: a('192.0.2.1'), ad: true });
  dns.zone.set('AAAA h.example', { ad: false });
  expect(await dnsResolver([dns.address]).addresses('h.example')).toEqual({ kind: 'found', records: ['192.0.2.1'] });
});

test('TLSA records', async () => {
  const certificate = Buffer.alloc(32, 7);
  dns.zone.set('TLSA _25._tcp.m.example', { records: [{ type: 'TLSA', data: { usage: 3, selector: 1, matchingType: 1, certificate } }], ad: true });
  expect(await dnsResolver([dns.address]).tlsa('_25._tcp.m.example')).toEqual({ kind: 'found', secure: true, records: [{ usage: 3, selector: 1, matchingType: 1, data: certificate }] });
});

test('hosts that are no names count as absent', async () => {
  dns.zone.set('MX d.example', { records: mx('good.example', 'bad host.example', 'x\r\nRCPT.example') });
  expect(await dnsResolver([dns.address]).mx('d.example')).toEqual({ kind: 'found', records: [{ preference: 10, host: 'good.example' }] });
});

test('a second server answers for one that cannot', async () => {
  dns.zone.set('MX d.example', { rcode: 'REFUSED' });
  const other = await startDnsDouble({ 'MX d.example': { records: mx('m.example') } });
  expect(await dnsResolver([dns.address, other.address]).mx('d.example')).toMatchObject({ kind: 'found' });
  await other.close();
});

test.each([
  ['127.0.0.1', { host: '127.0.0.1', port: 53 }],
  ['127.0.0.1:5353', { host: '127.0.0.1', port: 5353 }],
  ['::1', { host: '::1', port: 53 }],
  ['[::1]:5353', { host: '::1', port: 5353 }],
])('server %s', (text, expected) => expect(dnsServers([text])).toEqual([expected]));
test('a malformed server is named', () => expect(() => dnsServers(['dns.example'])).toThrow('DNS_SERVERS: "dns.example"'));
