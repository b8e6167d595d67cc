import { describe, expect, test } from 'vitest';
import type { DnsAnswer, DnsResolver, MxRecord, TlsaData } from '../infra/dns/resolver.ts';
import { findRoute, type RouteDeps } from './route.ts';
import { parseRoutes } from './routes-setting.ts';

interface Zone {
  mx?: Record<string, MxRecord[] | 'failed' | 'no-name'>;
  a?: Record<string, string[] | 'failed'>;
}

function answer<T>(found: T[] | 'failed' | 'no-name' | undefined): Promise<DnsAnswer<T>> {
  if (found === 'failed') return Promise.resolve({ kind: 'failed', reason: 'DNS: ESERVFAIL' });
  if (found === 'no-name' || found === undefined) return Promise.resolve({ kind: 'none', nameExists: found === undefined });
  return Promise.resolve({ kind: 'found', records: found });
}
const zoneResolver = (zone: Zone): DnsResolver => ({
  mx: (domain) => answer(zone.mx?.[domain]),
  addresses: (host) => answer(zone.a?.[host]),
  txt: () => answer<string>(undefined),
  tlsa: () => answer<TlsaData>(undefined),
  validating: false,
});
const deps = (zone: Zone, changes: Partial<RouteDeps> = {}): RouteDeps => ({
  dns: zoneResolver(zone),
  routes: parseRoutes(undefined),
  isHosted: (domain) => Promise.resolve(domain === 'eider.test'),
  ownMx: { host: '127.0.0.1', port: 2525 },
  random: () => 0,
  tls: null,
  ...changes,
});
/** Where a domain's mail goes: `address:port tls`, or the fault. */
async function whereTo(given: RouteDeps, domain: string): Promise<string[] | string> {
  const found = await findRoute(given, domain);
  const targets = found.kind === 'route' ? await found.route.targets() : found;
  return targets.kind === 'targets' ? targets.targets.map((target) => `${target.address}:${target.port} ${target.tls}`) : `${targets.kind} ${targets.category}`;
}

describe('order of routes', () => {
  const routes = parseRoutes('routed.example=relay:2500/verified,eider2.test=other:25,*=sink:2626');
  const given = deps({}, { routes, isHosted: (domain) => Promise.resolve(domain.startsWith('eider')) });
  test.each([
    ['routed.example', ['relay:2500 verified']],
    ['eider.test', ['127.0.0.1:2525 none']],
    // A route by name beats hosting; the catch-all does not.
    ['eider2.test', ['other:25 opportunistic']],
    ['elsewhere.example', ['sink:2626 opportunistic']],
  ])('%s', async (domain, expected) => expect(await whereTo(given, domain)).toEqual(expected));
});

describe('by MX', () => {
  const zone: Zone = {
    mx: {
      'two.example': [{ preference: 20, host: 'b.mx' }, { preference: 10, host: 'a.mx' }],
      'null.example': [{ preference: 0, host: '' }],
      'failing.example': 'failed',
      'gone.example': 'no-name',
      'inside.example': [{ preference: 10, host: 'inside.mx' }],
      'half.example': [{ preference: 10, host: 'inside.mx' }, { preference: 20, host: 'a.mx' }],
      'lost.example': [{ preference: 10, host: 'nowhere.mx' }],
      'unsure.example': [{ preference: 10, host: 'nowhere.mx' }, { preference: 10, host: 'failing.mx' }],
    },
    a: {
      'a.mx': ['8.8.8.1', '2001:4860:4860::8888'], 'b.mx': ['8.8.8.2'], 'inside.mx': ['10.0.0.1', '127.0.0.1', '::1'],
      'plain.example': ['8.8.8.3'], 'failing.mx': 'failed',
    },
  };
  test.each([
    ['two.example', ['8.8.8.1:25 opportunistic', '2001:4860:4860::8888:25 opportunistic', '8.8.8.2:25 opportunistic']],
    ['plain.example', ['8.8.8.3:25 opportunistic']],
    ['null.example', 'undeliverable notaccept'],
    ['failing.example', 'unknown dns'],
    ['gone.example', 'undeliverable hostunknown'],
    ['inside.example', 'undeliverable hostunknown'],
    ['half.example', ['8.8.8.1:25 opportunistic', '2001:4860:4860::8888:25 opportunistic']],
    ['lost.example', 'undeliverable hostunknown'],
    ['unsure.example', 'unknown dns'],
  ])('%s', async (domain, expected) => expect(await whereTo(deps(zone), domain)).toEqual(expected));

  test('hosts of one preference share the load', async () => {
    const shared: Zone = { mx: { 's.example': [{ preference: 5, host: 'a.mx' }, { preference: 5, host: 'b.mx' }] }, a: zone.a! };
    let calls = 0;
    const turned = await whereTo(deps(shared, { random: () => (calls++ === 0 ? 0.9 : 0.1) }), 's.example');
    expect(turned[0]).toBe('8.8.8.2:25 opportunistic');
  });

  test('domains with the same MX hosts are one site', async () => {
    const key = async (domain: string) => {
      const found = await findRoute(deps({ mx: { 'x.example': zone.mx!['two.example']!, 'y.example': zone.mx!['two.example']! } }), domain);
      return found.kind === 'route' ? found.route.key : null;
    };
    expect(await key('x.example')).toBe('mx a.mx b.mx');
    expect(await key('y.example')).toBe(await key('x.example'));
  });
});
