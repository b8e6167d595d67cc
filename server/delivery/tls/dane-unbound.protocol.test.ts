// DANE with a real validating resolver: unbound, zones that are really signed, and one whose records were changed on the way.
import { createHash, X509Certificate } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dnsResolver } from '../../infra/dns/resolver.ts';
import { startUnbound, type TestZone, type Unbound } from '../../infra/dns/testing/start-unbound.ts';
import { unboundTools } from '../../infra/dns/testing/unbound-tools.ts';
import { findRoute, type RouteDeps } from '../route.ts';
import { parseRoutes } from '../routes-setting.ts';
import { certificateAuthority, type IssuedCertificate, type TestAuthority } from '../testing/certificates.ts';
import { type FakeMx, startFakeMx } from '../testing/fake-mx.ts';
import { queueFixture, type QueueFixture } from '../testing/queue-fixture.ts';
import { deliverAll, deliverDeps } from '../testing/worker-fixture.ts';
import { stsPolicies } from './mta-sts-policies.ts';
import { tlsDemands } from './tls-demands.ts';

const tools = await unboundTools();
const log = pino({ level: 'silent' });

describe.skipIf(tools === null)('DANE by a validating resolver', () => {
  let queue: QueueFixture;
  let authority: TestAuthority;
  let server: FakeMx;
  let unbound: Unbound;
  beforeAll(async () => {
    queue = await queueFixture();
    authority = certificateAuthority();
    const own = authority.selfSigned('mx.example');
    server = await startFakeMx({ tls: own });
    unbound = await startUnbound(tools!, zones(own, authority.selfSigned('other.example'), server.port));
  }, 120_000);
  afterAll(async () => {
    await unbound?.close();
    await server.close();
    authority.remove();
    await queue.drop();
  });

  const hashOf = (certificate: IssuedCertificate): string =>
    createHash('sha256').update(new X509Certificate(certificate.cert).publicKey.export({ type: 'spki', format: 'der' })).digest('hex');
  function zones(own: IssuedCertificate, other: IssuedCertificate, port: number): TestZone[] {
    const mail = ['@ IN MX 10 mx', 'mx IN A 127.0.0.1'];
    const tlsa = (hash: string): string => `_${port}._tcp.mx IN TLSA 3 1 1 ${hash}`;
    return [
      { name: 'good.example', signed: true, records: [...mail, tlsa(hashOf(own))] },
      { name: 'wrong.example', signed: true, records: [...mail, tlsa(hashOf(other))] },
      // Who changes the records without the key takes the mail to himself; who has a resolver that validates is told.
      { name: 'forged.example', signed: true, records: [...mail, tlsa(hashOf(other))], forge: (text) => text.replace(hashOf(other), hashOf(own)) },
      { name: 'without.example', signed: true, records: mail },
      { name: 'unsigned.example', signed: false, records: [...mail, tlsa(hashOf(other))] },
    ];
  }

  async function send(domain: string) {
    const dns = dnsResolver([unbound.address]);
    expect(dns.validating).toBe(true);
    const routeDeps: RouteDeps = {
      dns, routes: parseRoutes(undefined), isHosted: () => Promise.resolve(false), ownMx: { host: '127.0.0.1', port: 1 }, random: () => 0.5,
      tls: { dns, sts: stsPolicies({ db: queue.pool, dns, log }), demandFor: tlsDemands(queue.pool) },
      overrides: { mxPort: server.port, allowAddress: () => true },
    };
    await queue.clear();
    await queue.accept([`bob@${domain}`]);
    const deps = { ...deliverDeps(queue, { routes: '' }), findRoute: (name: string) => findRoute(routeDeps, name) };
    const [result] = await deliverAll(deps, await queue.claim(1));
    const routed = await findRoute(routeDeps, domain);
    const found = routed.kind === 'route' ? await routed.route.targets() : routed;
    await deps.connections.close();
    return { outcome: result!.outcome, because: found.kind === 'targets' ? `${found.targets[0]!.tls} by ${found.targets[0]!.tlsPolicy?.source}` : found.kind };
  }
  const secured = { kind: 'delivered', facts: { tls: 'TLSv1.3' } };

  test.each([
    ['good.example', 'dane by dane', secured],
    ['wrong.example', 'dane by dane', { kind: 'deferred', category: 'tls', facts: { enhancedCode: '4.7.5' } }],
    ['forged.example', 'unknown', { kind: 'deferred', category: 'dns', reason: expect.stringContaining('TLSA records') }],
    ['without.example', 'opportunistic by default', secured],
    ['unsigned.example', 'opportunistic by default', secured],
  ])('%s: %s', async (domain, because, outcome) => {
    expect(await send(domain)).toMatchObject({ outcome, because });
  });
});
