// `eider egress …` and the other orders of one statement, as they are typed, on a real database: what they change, what they
// show, and that each is in the audit log.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { queueFixture, type QueueFixture } from '../delivery/testing/queue-fixture.ts';
import { listAudit } from '../infra/audit/audit-log.store.ts';
import { addEgress } from './egress.ts';
import { addPauses, addReputation } from './reputation.ts';
import { addRoute } from './route.ts';
import { addSuppression } from './suppression.ts';
import { addTenant } from './tenant.ts';
import { eiderWith } from './testing/run-eider.ts';

let queue: QueueFixture;
let slug: string;
beforeAll(async () => {
  queue = await queueFixture();
  vi.stubEnv('DATABASE_URL', queue.database.url);
  vi.stubEnv('EIDER_HOME', queue.home);
  vi.stubEnv('SUDO_USER', 'ann');
  const token = join(queue.home, 'token');
  writeFileSync(token, 'none');
  vi.stubEnv('WILDDUCK_API_URL', 'http://127.0.0.1:9');
  vi.stubEnv('WILDDUCK_API_TOKEN_FILE', token);
  slug = (await queue.pool.query<{ slug: string }>('SELECT slug FROM tenant WHERE id = $1', [queue.tenantId])).rows[0]!.slug;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await queue.drop();
});
beforeEach(async () => {
  await queue.pool.query('TRUNCATE audit_log, egress_assignment, egress_pool_address, egress_warmup, egress_day, egress_event, egress_address, egress_pool CASCADE');
});

const eider = eiderWith([addEgress, addTenant, addReputation, addPauses, addSuppression, addRoute]);
const ok = async (...args: string[]): Promise<string> => {
  const { code, out, error } = await eider(...args);
  expect({ code, error }).toEqual({ code: 0, error: '' });
  return out;
};
const audited = async () => (await listAudit(queue.pool)).map(({ actor, action, reason }) => `${actor} ${action}${reason ? `: ${reason}` : ''}`).reverse();

test('an address from its first day: pool, warm-up, assignment, pause, retirement', async () => {
  expect(await ok('egress', 'list')).toContain('no addresses');
  await ok('egress', 'pool', 'add', 'main');
  await ok('egress', 'pool', 'add', 'spare');
  expect(await ok('egress', 'add', 'out1', '--pool', 'main', '--ehlo', 'out1.example.com', '--address', '127.0.0.2', '--schedule', '10,20')).toBe('address out1 added\n');
  await ok('egress', 'add', 'out2', '--pool', 'main', '--ehlo', 'out2.example.com', '--warmed');
  await ok('egress', 'pool', 'join', 'spare', 'out2', '--weight', '3');
  await ok('egress', 'pool', 'overflow', 'main', 'spare');
  expect(await ok('egress', 'assign', 'main', '--tenant', slug, '--lane', 'marketing')).toBe(`marketing mail of ${slug} goes out by main\n`);
  const list = await ok('egress', 'list');
  expect(list).toMatch(/^out1 +127\.0\.0\.2 +out1\.example\.com +warming +main/m);
  expect(list).toMatch(/^out2 +- +out2\.example\.com +active +main, spare \(3\)/m);
  expect(await ok('egress', 'pool', 'list')).toMatch(new RegExp(`^main +- +out1, out2 +spare +${slug} marketing`, 'm'));
  const shown = await ok('egress', 'warmup', 'show', 'out1');
  expect(shown).toMatch(/^google +warming +1 of 2 +10 +0/m);
  await ok('egress', 'warmup', 'finish', 'out1');
  expect(await ok('egress', 'warmup', 'show', 'out1')).toMatch(/^google +warmed +- +none +-/m);
  await ok('egress', 'pause', 'out1', '--reason', 'listed', '--for', '2h');
  expect(JSON.parse(await ok('egress', 'list', '--json'))).toMatchObject([{ name: 'out1', status: 'paused', reason: 'listed' }, { name: 'out2' }]);
  await ok('egress', 'resume', 'out1');
  await ok('egress', 'assign', '--none', '--tenant', slug, '--lane', 'marketing');
  await ok('egress', 'retire', 'out1');
  await ok('egress', 'pool', 'leave', 'spare', 'out2');
  await ok('egress', 'pool', 'overflow', 'main');
  await ok('egress', 'pool', 'remove', 'spare');
  expect(await audited()).toEqual([
    'cli:ann egress pool add', 'cli:ann egress pool add', 'cli:ann egress add', 'cli:ann egress add', 'cli:ann egress pool join', 'cli:ann egress pool overflow',
    'cli:ann egress assign', 'cli:ann egress warmup finish', 'cli:ann egress pause: listed', 'cli:ann egress resume', 'cli:ann egress assign',
    'cli:ann egress retire', 'cli:ann egress pool leave', 'cli:ann egress pool overflow', 'cli:ann egress pool remove',
  ]);
});

test.each<[string[], number, string]>([
  [['egress', 'add', 'out1', '--pool', 'none', '--ehlo', 'x.example.com'], 1, 'none'],
  [['egress', 'add', 'Out 1', '--pool', 'main', '--ehlo', 'x.example.com'], 2, '1 to 63 of a-z'],
  [['egress', 'add', 'out1', '--pool', 'main', '--ehlo', 'not a host'], 1, '--ehlo: "not a host" is no host name'],
  [['egress', 'add', 'out1', '--pool', 'main', '--ehlo', 'x.example.com', '--address', '300.1.1.1'], 2, 'an IPv4 or IPv6 address expected'],
  [['egress', 'add', 'out1', '--pool', 'main', '--ehlo', 'x.example.com', '--schedule', 'fast'], 1, '--schedule: '],
  [['egress', 'pause', 'nobody', '--reason', 'x'], 1, 'nobody'],
  [['egress', 'pause', 'nobody', '--reason', 'x', '--for', 'soon'], 2, 'such as 30m, 2h or 3d expected'],
  [['egress', 'warmup', 'show', 'nobody'], 1, 'there is no egress address "nobody"'],
  [['egress', 'assign'], 1, 'assign: name a pool, or say --none'],
])('%j is refused, and leaves no trace', async (args, code, text) => {
  await ok('egress', 'pool', 'add', 'main');
  const result = await eider(...args);
  expect(result).toMatchObject({ code, out: '' });
  expect(result.error).toContain(text);
  expect(await audited()).toEqual(['cli:ann egress pool add']);
  expect(await ok('egress', 'list')).toContain('no addresses');
});

test('pauses of tenants, suppressions and demands are audited; addresses stand there by their domain only', async () => {
  await ok('tenant', 'pause', slug, '--reason', 'hijacked', '--hours', '2');
  await ok('tenant', 'resume', slug);
  expect(await eider('tenant', 'resume', slug)).toMatchObject({ code: 1 });
  await ok('suppression', 'add', 'bob.secret@example.com', '--tenant', slug);
  await ok('suppression', 'remove', 'bob.secret@example.com', '--tenant', slug);
  await ok('tls-demand', 'set', 'example.com', 'verified');
  await ok('tls-demand', 'unset', 'example.com');
  await ok('reputation', '--recount');
  expect(await audited()).toEqual([
    'cli:ann tenant pause: hijacked', 'cli:ann tenant resume', 'cli:ann suppression add', 'cli:ann suppression remove', 'cli:ann tls-demand set', 'cli:ann tls-demand unset',
    'cli:ann reputation recount',
  ]);
  const { rows } = await queue.pool.query<{ text: string }>('SELECT a::text AS text FROM audit_log a');
  expect(rows.some(({ text }) => text.includes('bob.secret'))).toBe(false);
});

test('the route of the simulator is told', async () => {
  expect(await ok('route', 'complained@simulator.mail.eider.test')).toContain('simulator.mail.eider.test is the simulator');
});
