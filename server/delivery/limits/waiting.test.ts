import { expect, test } from 'vitest';
import { suspensionMatch } from '../suspension-match.ts';
import { localLimitStore } from './limit-store.ts';
import { combineRules, parseRulesFile } from './shaping-rules.ts';
import { suspend } from './site-state.ts';
import { waitReasons } from './waiting.ts';

const rules = combineRules(parseRulesFile('{"default":{"rate":"60/min"},"tenants":{"t1":{"rate":"5/min"}}}'), {});
const slowTenant = (subject: { tenantId?: string }) => (subject.tenantId === 't1' ? { factor: 0.25, reason: 'tenant: bounces' } : { factor: 1, reason: null });
const delivery = { tenantId: 't1', lane: 'marketing' as const, domain: 'a.example', sender: 'own.example', route: { site: 'mx mx.a.example', hosts: ['mx.a.example'], local: false }, egressIds: ['e1', 'e2'] };

test('tells the operator first, then the site, then rates; one address that is free is enough', async () => {
  const store = localLimitStore(() => 1_000);
  const suspensions = suspensionMatch([{ id: '1', scope: 'mx', match: '.a.example', reason: 'maintenance', until: null, createdBy: 'ops', createdAt: new Date(0) }]);
  await store.change('e1|mx mx.a.example', (state) => suspend(state, 1_000, 60_000, '421 listed'));
  expect((await waitReasons({ store, rules, suspensions }, delivery)).map((reason) => [reason.scope, reason.until])).toEqual([['operator', null], ['rate', null], ['tenant-rate', null]]);
  await store.change('e2|mx mx.a.example', (state) => suspend(state, 1_000, 30_000, '421 listed too'));
  const [reason] = await waitReasons({ store, rules, suspensions: suspensionMatch([]) }, delivery);
  expect(reason).toEqual({ scope: 'suspension', reason: 'mx mx.a.example is left alone since it said: 421 listed too', until: new Date(31_000) });
});

test('breakers, where no host can be reached from any address, and what reputation leaves', async () => {
  const store = localLimitStore(() => 1_000);
  const deps = { store, rules, suspensions: suspensionMatch([]) };
  const breaker = (egressId: string, until: number) => ({ egressId, host: 'mx.a.example', failures: 5, until, reason: 'timeout' });
  await store.publishBreakers([breaker('e1', 9_000)]);
  expect((await waitReasons(deps, delivery)).map(({ scope }) => scope)).toEqual(['rate', 'tenant-rate']);
  await store.publishBreakers([breaker('e1', 9_000), breaker('e2', 5_000)]);
  const [first, ...others] = await waitReasons({ ...deps, speedOf: slowTenant }, delivery);
  expect(first).toEqual({ scope: 'breaker', reason: 'connections to mx.a.example fail (timeout); one is tried now and then', until: new Date(5_000) });
  expect(others).toContainEqual({ scope: 'reputation', reason: 'reputation leaves 25 % of the usual speed (tenant: bounces)', until: null });
});

test('an address that is slow matters only where all are', async () => {
  const deps = { store: localLimitStore(() => 1_000), rules, suspensions: suspensionMatch([]) };
  const slow = (ids: string[]) => (subject: { egress?: string }) => (ids.includes(subject.egress ?? '') ? { factor: 0.25, reason: `${subject.egress}: deferrals` } : { factor: 1, reason: null });
  const scopes = async (ids: string[]) => (await waitReasons({ ...deps, speedOf: slow(ids) }, delivery)).map(({ scope }) => scope);
  expect(await scopes(['e1'])).not.toContain('reputation');
  expect(await scopes(['e1', 'e2'])).toContain('reputation');
});
