import { expect, test } from 'vitest';
import { routeText, type RouteView } from './route.ts';

const target = { host: 'mx1.example', address: '192.0.2.1', port: 25, tls: 'verified', because: 'mta-sts' };
const whole: RouteView = { domain: 'd.example', by: 'mx', site: 'mx mx1.example', targets: [target], policy: { mtaSts: 'enforce', demand: null, mtaStsFailure: null, dnssec: false }, fault: null };

test.each<[name: string, view: RouteView, expected: string[]]>([
  ['by MX', whole, ['d.example goes to its MX hosts', '', 'HOST         ADDRESS    PORT  TLS       BECAUSE', 'mx1.example  192.0.2.1  25    verified  MTA-STS policy', '', 'MTA-STS: enforce', 'DANE: not possible: the DNS server is not trusted to validate (EIDER_DNS_VALIDATING)']],
  ['a policy that cannot be had', { ...whole, policy: { mtaSts: 'none', demand: 'required', mtaStsFailure: 'sts-policy-fetch-error: status 404', dnssec: true } }, ['MTA-STS: no policy (announced, but sts-policy-fetch-error: status 404)', 'DANE: asked for', 'demanded here: required']],
  ['hosted', { ...whole, by: 'own', policy: null, targets: [{ ...target, tls: 'none', because: 'own' }] }, ['d.example is hosted here: its mail goes to our own MX']],
  ['null MX', { ...whole, by: 'none', targets: [], policy: null, fault: { permanent: true, reason: 'The domain d.example accepts no mail (null MX).' } }, ['d.example cannot be delivered to', 'The domain d.example accepts no mail (null MX).']],
  ['the simulator', { ...whole, by: 'simulator', targets: [], policy: null }, ['d.example is the simulator: it stays within the delivery workers, and each local part scripts what happens (docs/simulator.md)']],
  ['no answer', { ...whole, by: 'none', targets: [], policy: null, fault: { permanent: false, reason: 'DNS: SERVFAIL' } }, ['d.example cannot be delivered to now; mail waits and is tried again', 'DNS: SERVFAIL']],
])('%s', (_name, view, expected) => {
  const lines = routeText(view).split('\n').map((line) => line.trimEnd());
  for (const line of expected) expect(lines).toContain(line);
});
