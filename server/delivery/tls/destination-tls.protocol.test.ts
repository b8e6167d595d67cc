// Mail to domains with policies, end to end: DNS on the wire, the policy over HTTPS, real certificates, the queue in
// PostgreSQL; what is counted of it, and the report that the domain gets.
import { createHash, X509Certificate } from 'node:crypto';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { createSecureContext } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dnsResolver } from '../../infra/dns/resolver.ts';
import { type DnsDouble, type DoubleAnswer, mx, startDnsDouble, txt } from '../../infra/dns/testing/dns-double.ts';
import type { DeliverDeps } from '../deliver-types.ts';
import type { EnqueueInput } from '../enqueue-types.ts';
import type { Outcome } from '../outcome.ts';
import { reportOf } from '../bounce-report.ts';
import { reportDeps } from '../operations/testing/run-order.ts';
import { storeReports } from '../store-reports.ts';
import { findRoute, type MessageSecurity, type RouteDeps } from '../route.ts';
import { parseRoutes } from '../routes-setting.ts';
import { connectionPool, DEFAULT_POOL_LIMITS } from '../smtp/connection-pool.ts';
import { RFC_TIMEOUTS } from '../smtp/timeouts.ts';
import { certificateAuthority, type IssuedCertificate, type TestAuthority } from '../testing/certificates.ts';
import { type FakeMx, startFakeMx } from '../testing/fake-mx.ts';
import { PLAIN, queueFixture, type QueueFixture } from '../testing/queue-fixture.ts';
import { deliverAll, deliverDeps, eventually } from '../testing/worker-fixture.ts';
import { upsertStsPolicy } from './mta-sts.store.ts';
import { stsPolicies } from './mta-sts-policies.ts';
import { sendTlsReports } from './tls-reports.ts';
import { tlsDemands } from './tls-demands.ts';
import { tlsResults } from './tls-results.ts';

const log = pino({ level: 'silent' });
let queue: QueueFixture;
let authority: TestAuthority;
let good: IssuedCertificate;
let selfSigned: IssuedCertificate;
let dns: DnsDouble;
let web: HttpsServer;
let policy: { status: number; type: string; body: string; location?: string };
/** Resolves before the policy is sent; null: at once. */
let held: Promise<void> | null = null;
let posted: Buffer[];
let server: FakeMx;

beforeAll(async () => {
  queue = await queueFixture();
  authority = certificateAuthority();
  good = authority.issue(['mx.d.example']);
  selfSigned = authority.selfSigned('mx.d.example');
  const site = authority.issue(['mta-sts.d.example', 'reports.d.example']);
  web = createHttpsServer({ cert: site.cert, key: site.key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => void (async () => {
      if (request.method === 'GET') await held;
      if (request.method === 'POST') posted.push(Buffer.concat(chunks));
      response.writeHead(request.method === 'POST' ? 201 : policy.status, { 'content-type': policy.type, ...(policy.location && { location: policy.location }) });
      response.end(request.method === 'POST' ? '' : policy.body);
    })());
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  web.close();
  authority.remove();
  await queue.drop();
});
beforeEach(async () => {
  await queue.clear();
  await queue.pool.query('TRUNCATE mta_sts_policy, tls_result, tls_report, tls_demand');
  policy = { status: 200, type: 'text/plain', body: stsFile('enforce', 'mx.d.example') };
  posted = [];
  dns = await startDnsDouble(zone({}));
});
afterEach(() => Promise.all([dns.close(), server?.close()]));

const stsFile = (mode: string, pattern: string): string => `version: STSv1\r\nmode: ${mode}\r\nmx: ${pattern}\r\nmax_age: 86400\r\n`;
const local = (ad: boolean): DoubleAnswer => ({ records: [{ type: 'A', data: '127.0.0.1' }], ad });
/** d.example with one MX host on this machine; signed or not. */
const zone = (more: Record<string, DoubleAnswer>, ad = false): Record<string, DoubleAnswer> => ({
  'MX d.example': { records: mx('mx.d.example'), ad }, 'A mx.d.example': local(ad), 'AAAA mx.d.example': { ad },
  'A mta-sts.d.example': local(false), 'A reports.d.example': local(false), ...more,
});
const withSts = { 'TXT _mta-sts.d.example': { records: txt('v=STSv1; id=1;') } };
const webPort = (): number => (web.address() as { port: number }).port;

function world(): { deps: DeliverDeps; routeDeps: RouteDeps; results: ReturnType<typeof tlsResults>; https: { port: number; ca: string; allowAddress(): boolean } } {
  const https = { port: webPort(), ca: authority.ca, allowAddress: () => true };
  const resolver = dnsResolver([dns.address]);
  const routeDeps: RouteDeps = {
    dns: resolver,
    routes: parseRoutes(undefined),
    isHosted: () => Promise.resolve(false),
    ownMx: { host: '127.0.0.1', port: 1 },
    random: () => 0.5,
    tls: { dns: resolver, sts: stsPolicies({ db: queue.pool, dns: resolver, log, https, firstContactMs: 60_000 }), demandFor: tlsDemands(queue.pool) },
    overrides: { mxPort: server.port, allowAddress: () => true },
  };
  const smtp = { timeouts: { ...RFC_TIMEOUTS, startTls: 60_000 }, secureContext: createSecureContext({ ca: authority.ca }) };
  const results = tlsResults({ db: queue.pool, log, now: () => new Date(Date.now() - 86_400_000) });
  const deps = {
    ...deliverDeps(queue, { routes: '' }),
    smtp, connections: connectionPool(smtp, DEFAULT_POOL_LIMITS), tlsResults: results,
    findRoute: (domain: string, security?: MessageSecurity) => findRoute(routeDeps, domain, security),
  };
  return { deps, routeDeps, results, https };
}

async function send(content = PLAIN, changes: Partial<EnqueueInput> = {}): Promise<{ outcome: Outcome; counted: string[] }> {
  const { deps, results } = world();
  await queue.accept(['bob@d.example'], { content, ...changes });
  const [result] = await deliverAll(deps, await queue.claim(1));
  await deps.connections.close();
  await results.close();
  const { rows } = await queue.pool.query<{ line: string }>(`SELECT policy_type || ' ' || result || ' ' || sessions AS line FROM tls_result ORDER BY 1`);
  return { outcome: result!.outcome, counted: rows.map((row) => row.line) };
}

const secured = { kind: 'delivered', facts: { tls: 'TLSv1.3' } };
const inClear = { kind: 'delivered', facts: { tls: false } };
const waits = { kind: 'deferred', category: 'tls', facts: { enhancedCode: '4.7.5' } };

describe('MTA-STS', () => {
  interface Row { name: string; records?: Record<string, DoubleAnswer>; policy?: Partial<typeof policy>; tls: 'good' | 'self-signed' | 'none'; outcome: object; counted: string[] }
  test.each<Row>([
    { name: 'no policy, self-signed', tls: 'self-signed', outcome: secured, counted: ['no-policy-found success 1'] },
    { name: 'no policy, no TLS', tls: 'none', outcome: inClear, counted: ['no-policy-found starttls-not-supported 1'] },
    { name: 'enforced, valid', records: withSts, tls: 'good', outcome: secured, counted: ['sts success 1'] },
    { name: 'enforced, self-signed', records: withSts, tls: 'self-signed', outcome: waits, counted: ['sts certificate-not-trusted 1'] },
    { name: 'enforced, no TLS', records: withSts, tls: 'none', outcome: waits, counted: ['sts starttls-not-supported 1'] },
    { name: 'enforced, another host', records: withSts, policy: { body: stsFile('enforce', '*.elsewhere.example') }, tls: 'good', outcome: { kind: 'deferred', category: 'tls' }, counted: ['sts validation-failure 1'] },
    { name: 'testing, self-signed', records: withSts, policy: { body: stsFile('testing', 'mx.d.example') }, tls: 'self-signed', outcome: secured, counted: ['sts certificate-not-trusted 1'] },
    { name: 'testing, no TLS', records: withSts, policy: { body: stsFile('testing', 'mx.d.example') }, tls: 'none', outcome: inClear, counted: ['sts starttls-not-supported 1'] },
    { name: 'none', records: withSts, policy: { body: stsFile('none', 'mx.d.example') }, tls: 'self-signed', outcome: secured, counted: ['no-policy-found success 1'] },
    { name: 'announced and not there', records: withSts, policy: { status: 404 }, tls: 'good', outcome: secured, counted: ['sts sts-policy-fetch-error 1'] },
    { name: 'a redirect is not followed', records: withSts, policy: { status: 301, location: '/elsewhere' }, tls: 'good', outcome: secured, counted: ['sts sts-policy-fetch-error 1'] },
    { name: 'a web page', records: withSts, policy: { type: 'text/html', body: '<html>' }, tls: 'good', outcome: secured, counted: ['sts sts-policy-fetch-error 1'] },
    { name: 'malformed', records: withSts, policy: { body: 'version: STSv1\r\n' }, tls: 'good', outcome: secured, counted: ['sts sts-policy-invalid 1'] },
    { name: 'endless', records: withSts, policy: { body: 'x'.repeat(1_000_000) }, tls: 'good', outcome: secured, counted: ['sts sts-policy-fetch-error 1'] },
  ])('$name', async ({ records = {}, policy: served = {}, tls, outcome, counted }) => {
    for (const [key, answer] of Object.entries(records)) dns.zone.set(key, answer);
    policy = { ...policy, ...served };
    server = await startFakeMx(tls === 'none' ? {} : { tls: tls === 'good' ? good : selfSigned });
    const result = await send();
    expect(result.outcome).toMatchObject(outcome);
    expect(result.counted).toEqual(counted);
    expect(server.received).toHaveLength(result.outcome.kind === 'delivered' ? 1 : 0);
  });

  test('what is kept outlives the record and the web server (RFC 8461 5.1)', async () => {
    dns.zone.set('TXT _mta-sts.d.example', withSts['TXT _mta-sts.d.example']);
    server = await startFakeMx({ tls: good });
    expect((await send()).outcome).toMatchObject(secured);
    await server.close();
    dns.zone.delete('TXT _mta-sts.d.example');
    policy.status = 500;
    server = await startFakeMx({ tls: selfSigned });
    await queue.clear();
    expect((await send()).outcome).toMatchObject(waits);
  });

  describe('a web server that is slow to answer', () => {
    let answer: () => void;
    beforeEach(() => {
      held = new Promise((resolve) => (answer = resolve));
      dns.zone.set('TXT _mta-sts.d.example', withSts['TXT _mta-sts.d.example']);
    });
    afterEach(() => {
      answer();
      held = null;
    });
    const policies = (firstContactMs: number) =>
      stsPolicies({ db: queue.pool, dns: dnsResolver([dns.address]), log, firstContactMs, https: { port: webPort(), ca: authority.ca, allowAddress: () => true } });
    const modeOf = async (sts: ReturnType<typeof stsPolicies>) => (await sts.find('d.example')).policy?.mode ?? null;

    test('the first mail does not wait for it, and no failure is told; once it is there, it holds', async () => {
      const sts = policies(10);
      expect(await sts.find('d.example')).toEqual({ policy: null, failure: null });
      answer();
      await eventually(() => modeOf(sts), (mode) => mode === 'enforce');
    });

    test('a policy that is kept holds while its successor is fetched, and nobody waits', async () => {
      await upsertStsPolicy(queue.pool, 'd.example', 'older', { mode: 'testing', mxPatterns: ['mx.d.example'], maxAgeSeconds: 86_400, lines: ['version: STSv1'] });
      // However long mail might wait: it must not.
      const sts = policies(3_600_000);
      expect(await modeOf(sts)).toBe('testing');
      answer();
      await eventually(() => modeOf(sts), (mode) => mode === 'enforce');
    });

    test('many who ask share one fetch', async () => {
      const sts = policies(60_000);
      const all = Array.from({ length: 20 }, () => sts.refresh('d.example'));
      answer();
      expect((await Promise.all(all)).every(({ policy: found }) => found?.mode === 'enforce')).toBe(true);
    });
  });

  test('TLS-Required: No goes all the same (RFC 8689)', async () => {
    dns.zone.set('TXT _mta-sts.d.example', withSts['TXT _mta-sts.d.example']);
    server = await startFakeMx({ tls: selfSigned });
    const { outcome, counted } = await send(Buffer.concat([Buffer.from('X-First: 1\r\nTLS-Required: No\r\n'), PLAIN]));
    expect(outcome).toMatchObject(secured);
    expect(counted).toEqual([]);
  });
});

describe('DANE', () => {
  const tlsa = (certificate: IssuedCertificate, usage = 3): DoubleAnswer => {
    const content = new X509Certificate(certificate.cert).publicKey.export({ type: 'spki', format: 'der' });
    return { ad: true, records: [{ type: 'TLSA', data: { usage, selector: 1, matchingType: 1, certificate: createHash('sha256').update(content).digest() } }] };
  };
  interface Row { name: string; signed: boolean; tlsa: () => DoubleAnswer; sts?: boolean; outcome: object; counted: string[] }
  test.each<Row>([
    { name: 'the certificate of the record', signed: true, tlsa: () => tlsa(selfSigned), outcome: secured, counted: ['tlsa success 1'] },
    { name: 'another certificate', signed: true, tlsa: () => tlsa(good), outcome: waits, counted: ['tlsa validation-failure 1'] },
    { name: 'another certificate, MTA-STS content (RFC 8461 2)', signed: true, sts: true, tlsa: () => tlsa(good), outcome: waits, counted: ['tlsa validation-failure 1'] },
    { name: 'the zone is not signed', signed: false, tlsa: () => tlsa(good), outcome: secured, counted: ['no-policy-found success 1'] },
    { name: 'only the records are not signed', signed: true, tlsa: () => ({ ...tlsa(good), ad: false }), outcome: secured, counted: ['no-policy-found success 1'] },
    { name: 'the records cannot be looked up', signed: true, tlsa: () => ({ rcode: 'SERVFAIL' }), outcome: { kind: 'deferred', category: 'dns' }, counted: [] },
    { name: 'no records', signed: true, tlsa: () => ({ ad: true, rcode: 'NXDOMAIN' }), outcome: secured, counted: ['no-policy-found success 1'] },
    { name: 'records of no use: TLS all the same', signed: true, tlsa: () => tlsa(good, 1), outcome: secured, counted: ['tlsa success 1'] },
  ])('$name', async ({ signed, tlsa: record, sts, outcome, counted }) => {
    await dns.close();
    server = await startFakeMx({ tls: selfSigned });
    dns = await startDnsDouble(zone({ [`TLSA _${server.port}._tcp.mx.d.example`]: record(), ...(sts && withSts) }, signed));
    const result = await send();
    expect(result.outcome).toMatchObject(outcome);
    expect(result.counted).toEqual(counted);
  });
});

test.each([
  ['d.example', 'required', 'self-signed', secured],
  ['d.example', 'required', 'none', waits],
  ['d.example', 'verified', 'self-signed', waits],
  ['*.example', 'verified', 'good', secured],
  ['*.d.example', 'verified', 'self-signed', secured],
])('demanded of %s: %s; the server has %s', async (domain, level, tls, outcome) => {
  await queue.pool.query('INSERT INTO tls_demand (domain, level) VALUES ($1, $2)', [domain, level]);
  server = await startFakeMx(tls === 'none' ? {} : { tls: tls === 'good' ? good : selfSigned });
  expect((await send()).outcome).toMatchObject(outcome);
});

describe('REQUIRETLS (RFC 8689)', () => {
  const asked = { requireTls: true };
  const bounced = (reason: string) => ({ kind: 'bounced', category: 'tls', facts: { enhancedCode: '5.7.30' }, reason: expect.stringContaining(reason) });
  const OFFERED = ['PIPELINING', 'SIZE 52428800', '8BITMIME', 'ENHANCEDSTATUSCODES', 'REQUIRETLS'];
  interface Row { name: string; signed?: boolean; sts?: boolean; extensions?: string[]; tls?: 'good' | 'self-signed'; outcome: object }
  test.each<Row>([
    { name: 'hosts by an MTA-STS policy, offered: goes', sts: true, extensions: OFFERED, outcome: secured },
    { name: 'hosts by DNSSEC, offered: goes', signed: true, extensions: OFFERED, outcome: secured },
    { name: 'not offered: comes back', sts: true, outcome: bounced('which the receiving server does not promise') },
    { name: 'nobody vouches for the hosts: comes back', extensions: OFFERED, outcome: bounced('neither DNSSEC nor an MTA-STS policy') },
    { name: 'a certificate that does not hold: waits', signed: true, extensions: OFFERED, tls: 'self-signed', outcome: waits },
  ])('$name', async ({ signed = false, sts = false, extensions, tls = 'good', outcome }) => {
    await dns.close();
    server = await startFakeMx({ tls: tls === 'good' ? good : selfSigned, ...(extensions && { extensions }) });
    dns = await startDnsDouble(zone({ ...(sts && withSts), ...(signed && { [`TLSA _${server.port}._tcp.mx.d.example`]: { ad: true, rcode: 'NXDOMAIN' as const } }) }, signed));
    expect((await send(PLAIN, asked)).outcome).toMatchObject(outcome);
    const mail = server.commands.filter((command) => command.startsWith('MAIL '));
    expect(mail.every((command) => command.includes(' REQUIRETLS'))).toBe(true);
    expect(mail.length).toBe(outcome === secured ? 1 : 0);
  });

  test('it goes before TLS-Required: No, and other mail is not asked to keep it', async () => {
    dns.zone.set('TXT _mta-sts.d.example', withSts['TXT _mta-sts.d.example']);
    server = await startFakeMx({ tls: selfSigned, extensions: OFFERED });
    expect((await send(Buffer.concat([Buffer.from('X-First: 1\r\nTLS-Required: No\r\n'), PLAIN]), asked)).outcome).toMatchObject(waits);
    await queue.clear();
    await server.close();
    server = await startFakeMx({ tls: good, extensions: OFFERED });
    expect((await send()).outcome).toMatchObject(secured);
    expect(server.commands.some((command) => command.includes('REQUIRETLS'))).toBe(false);
  });

  test('a report about it goes as securely, with the header only', async () => {
    server = await startFakeMx({ tls: good });
    const { outcome } = await send(Buffer.concat([PLAIN, Buffer.from('the secret body\r\n')]), { ...asked, dsn: { ret: 'FULL' } });
    const queueId = (await queue.pool.query<{ id: string }>('SELECT queue_id AS id FROM delivery')).rows[0]!.id;
    const [delivery] = [{ ...(await queue.pool.query('SELECT tenant_id AS "tenantId" FROM delivery')).rows[0], queueId, recipient: 'bob@d.example', orcpt: null, notify: null }];
    const item = reportOf({ delivery: delivery as never, outcome }, new Date())!;
    await storeReports(reportDeps(queue), queue.pool, [item]);
    const { rows } = await queue.pool.query<{ required: boolean; content: Buffer }>(`SELECT require_tls AS required, content FROM outgoing_message WHERE source = 'dsn'`);
    expect(rows).toMatchObject([{ required: true }]);
    expect(rows[0]!.content.toString()).not.toContain('the secret body');
    expect(rows[0]!.content.toString()).toContain('Status: 5.7.30');
  });
});

test('a session counts once for a domain, however many messages it carries', async () => {
  server = await startFakeMx({ tls: good });
  const { deps, results } = world();
  for (let i = 0; i < 5; i++) await queue.accept([`r${i}@d.example`]);
  // One after another, so that one session carries them all.
  for (const delivery of await queue.claim(10)) await deliverAll(deps, [delivery]);
  await deps.connections.close();
  await results.close();
  expect((await queue.pool.query('SELECT sessions FROM tls_result')).rows).toEqual([{ sessions: 1 }]);
});

describe('the report to the domain (RFC 8460)', () => {
  const sender = { address: 'postmaster@eider.test', tenantId: '' };
  async function reported(rua: string, times = 1): Promise<{ sent: number; messages: { reverse_path: string; content: Buffer }[] }> {
    dns.zone.set('TXT _mta-sts.d.example', withSts['TXT _mta-sts.d.example']);
    if (rua !== '') dns.zone.set('TXT _smtp._tls.d.example', { records: txt(`v=TLSRPTv1; rua=${rua}`) });
    server = await startFakeMx({ tls: selfSigned });
    await send();
    await queue.clear();
    const { https } = world();
    const { enqueue } = await import('../enqueue.ts');
    let sent = 0;
    for (let i = 0; i < times; i++) {
      const done = await sendTlsReports(
        { db: queue.pool, dns: dnsResolver([dns.address]), log, submitter: 'mail.eider.test', sender: { ...sender, tenantId: queue.tenantId }, https, enqueue: (input) => enqueue(queue.deps, input) },
        0,
      );
      sent += done.sent;
    }
    const { rows } = await queue.pool.query<{ reverse_path: string; content: Buffer }>('SELECT reverse_path, content FROM outgoing_message');
    return { sent, messages: rows };
  }
  const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const expected = {
    'organization-name': 'mail.eider.test', 'contact-info': 'postmaster@eider.test', 'report-id': `${day}_d.example@mail.eider.test`,
    'date-range': { 'start-datetime': `${day}T00:00:00Z`, 'end-datetime': `${day}T23:59:59Z` },
    policies: [
      {
        policy: { 'policy-type': 'sts', 'policy-string': ['version: STSv1', 'mode: enforce', 'mx: mx.d.example', 'max_age: 86400'], 'policy-domain': 'd.example', 'mx-host': ['mx.d.example'] },
        summary: { 'total-successful-session-count': 0, 'total-failure-session-count': 1 },
        'failure-details': [expect.objectContaining({ 'result-type': 'certificate-not-trusted', 'receiving-mx-hostname': 'mx.d.example', 'receiving-ip': '127.0.0.1', 'failed-session-count': 1 })],
      },
    ],
  };

  test('by mail: signed for by a hosted domain, with the null reverse-path, once', async () => {
    const { sent, messages } = await reported('mailto:tls@reports.example', 2);
    expect(sent).toBe(1);
    expect(messages).toMatchObject([{ reverse_path: '' }]);
    const text = messages[0]!.content.toString();
    expect(text).toMatch(/^TLS-Report-Domain: d\.example\r$/m);
    expect(text).toMatch(/^TLS-Report-Submitter: mail\.eider\.test\r$/m);
    expect(text).toMatch(/^TLS-Required: No\r$/m);
    expect(text).toMatch(/^Content-Type: multipart\/report; report-type="tlsrpt";\r$/m);
    const encoded = /filename="[^"]+\.json\.gz"\r\n\r\n([\s\S]*?)\r\n--/.exec(text)![1]!;
    expect(JSON.parse(gunzipSync(Buffer.from(encoded, 'base64')).toString())).toEqual(expected);
  });

  test('by HTTPS', async () => {
    const { sent, messages } = await reported('https://reports.d.example/tls');
    expect({ sent, messages }).toEqual({ sent: 1, messages: [] });
    expect(posted.map((body) => JSON.parse(gunzipSync(body).toString()))).toEqual([expected]);
  });

  test.each([[''], ['ftp://x.example'], ['mailto:not an address']])('rua %j: none', async (rua) => {
    expect(await reported(rua)).toEqual({ sent: 0, messages: [] });
    expect((await queue.pool.query('SELECT state FROM tls_report')).rows).toEqual([{ state: 'none' }]);
  });
});
