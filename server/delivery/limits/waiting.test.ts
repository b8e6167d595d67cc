import { expect, test } from 'vitest';
import { suspensionMatch } from '../suspension-match.ts';
import { localLimitStore } from './limit-store.ts';
import { combineRules, parseRulesFile } from './shaping-rules.ts';
import { suspend } from './site-state.ts';
import { waitReasons } from './waiting.ts';

const rules = combineRules(parseRulesFile('{"default":{"rate":"60/min"},"tenants":{"t1":{"rate":"5/min"}}}'), {});
const delivery = { tenantId: 't1', lane: 'marketing' as const, domain: 'a.example', route: { site: 'mx mx.a.example', hosts: ['mx.a.example'], local: false }, egressIds: ['e1', 'e2'] };

test('tells the operator first, then the site, then rates; one address that is free is enough', async () => {
  const store = localLimitStore(() => 1_000);
  const suspensions = suspensionMatch([{ id: '1', scope: 'mx', match: '.a.example', reason: 'maintenance', until: null, createdBy: 'ops', createdAt: new Date(0) }]);
  await store.change('e1|mx mx.a.example', (state) => suspend(state, 1_000, 60_000, '421 listed'));
  expect((await waitReasons({ store, rules, suspensions }, delivery)).map((reason) => [reason.scope, reason.until])).toEqual([['operator', null], ['rate', null], ['tenant-rate', null]]);
  await store.change('e2|mx mx.a.example', (state) => suspend(state, 1_000, 30_000, '421 listed too'));
  const [reason] = await waitReasons({ store, rules, suspensions: suspensionMatch([]) }, delivery);
  expect(reason).toEqual({ scope: 'suspension', reason: 'mx mx.a.example is left alone since it said: 421 listed too', until: new Date(31_000) });
});
