// Names of clients, against a DNS server that lies where it may.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startDnsServer, type DnsServer } from '../testing/dns-server.ts';
import { createReverseLookup } from './client-name.ts';

let dns: DnsServer;
beforeAll(async () => {
  dns = await startDnsServer();
  dns.records
    .set('PTR 1.2.0.192.in-addr.arpa', ['mx.example.net'])
    .set('A mx.example.net', ['192.0.2.77', '192.0.2.1'])
    .set('PTR 2.2.0.192.in-addr.arpa', ['mail.bank.example'])
    .set('A mail.bank.example', ['198.51.100.1'])
    .set('PTR 3.2.0.192.in-addr.arpa', ['nowhere.example'])
    .set('PTR 1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa', ['six.example.net'])
    .set('AAAA six.example.net', ['2001:0db8:0:0:0:0:0:1']);
});
afterAll(() => dns.stop());

test.each([
  ['192.0.2.1', 'mx.example.net'],
  ['192.0.2.2', 'nobody'],
  ['192.0.2.3', 'nobody'],
  ['192.0.2.4', 'nobody'],
  ['2001:db8::1', 'six.example.net'],
  ['127.0.0.1', 'localhost'],
  ['::1', 'localhost'],
])('%s is %s', async (address, name) => {
  const found = await new Promise<string>((resolve) => createReverseLookup([dns.address])(address, (_error, names) => resolve(names?.[0] ?? 'nobody')));
  expect(found).toBe(name);
});
