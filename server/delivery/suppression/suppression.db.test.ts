import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { EnqueueInput } from '../enqueue-types.ts';
import { storeFinished } from '../outcome.store.ts';
import type { Outcome } from '../outcome.ts';
import { queueFixture, type QueueFixture } from '../testing/queue-fixture.ts';
import type { SuppressionReason } from './suppression-rules.ts';
import { deleteSuppressions, eraseSuppressedAddress, findSuppressions, insertSuppression, selectSuppressions } from './suppression.store.ts';

let queue: QueueFixture;
let other: string;
beforeAll(async () => {
  queue = await queueFixture();
  other = await queue.addTenant();
});
afterAll(() => queue.drop());
beforeEach(() => queue.clear());

const suppress = (address: string, changes: { tenantId?: string | null; reason?: SuppressionReason; expiresAt?: Date | null } = {}) =>
  insertSuppression(queue.pool, { tenantId: queue.tenantId, address, reason: 'bounce', source: 'test', detail: 'because', queueId: null, expiresAt: null, ...changes });
const send = (recipients: string[], changes: Partial<EnqueueInput> = {}) =>
  queue.enqueue({ recipients: recipients.map((address) => ({ address })), ...changes });
const HOUR_MS = 3_600_000;

describe('at accept', () => {
  test('a message to nobody else is refused, leaves an event and nothing to deliver', async () => {
    await suppress('BOB@example.com');
    expect(await send(['Bob@Example.com'])).toEqual({
      kind: 'rejected', code: 'suppressed', field: 'recipients[0]', rule: 'the address is on the suppression list: its server said that it takes no mail',
    });
    expect(await queue.events()).toEqual(['suppressed Bob@example.com']);
    expect(await queue.states()).toEqual([]);
    expect((await queue.pool.query('SELECT FROM outgoing_message')).rowCount).toBe(0);
  });

  test('where others remain the message is taken, and the claim knows who is left out', async () => {
    await suppress('bob@example.com');
    expect(await send(['bob@example.com', 'eve@example.com'])).toMatchObject({ kind: 'accepted' });
    expect((await queue.claim()).map((row) => [row.recipient, row.suppressed]).sort()).toEqual([['bob@example.com', true], ['eve@example.com', false]]);
  });

  test('a forward is taken all the same: delivery ends it with a report to its sender', async () => {
    await suppress('bob@example.com');
    expect(await send(['bob@example.com'], { source: 'forward' })).toMatchObject({ kind: 'accepted' });
    expect(await queue.claim()).toMatchObject([{ suppressed: true }]);
  });

  test('one refused message of a shared commit leaves the others alone', async () => {
    await suppress('no@example.com');
    const results = await Promise.all(Array.from({ length: 40 }, (_, i) => send([i % 4 === 0 ? 'no@example.com' : `r${i}@example.com`])));
    expect(results.map((result) => result.kind)).toEqual(Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? 'rejected' : 'accepted')));
    expect(await queue.states()).toHaveLength(30);
  });

  test('a call that was accepted before the suppression is answered as before', async () => {
    const key = { idempotencyKey: { key: 'k', bodyHash: 'h' } };
    const first = await send(['bob@example.com'], key);
    await suppress('bob@example.com');
    expect(await send(['bob@example.com'], key)).toEqual({ ...first, duplicates: true });
    expect(await send(['bob@example.com'], { idempotencyKey: { key: 'other', bodyHash: 'h' } })).toMatchObject({ code: 'suppressed' });
    await deleteSuppressions(queue.pool, { tenantId: queue.tenantId, address: 'bob@example.com' });
    expect(await send(['bob@example.com'], { idempotencyKey: { key: 'other', bodyHash: 'h' } })).toMatchObject({ kind: 'accepted' });
  });

  type Which = [name: string, list: Parameters<typeof suppress>[1], mail: Partial<EnqueueInput>, stopped: boolean];
  test.each<Which>([
    ['another tenant', { tenantId: '00000000-0000-7000-8000-000000000001' }, {}, false],
    ['all tenants', { tenantId: null }, {}, true],
    ['all tenants, for a complaint, a person writes', { tenantId: null, reason: 'complaint' }, { source: 'web' }, true],
    ['expired', { expiresAt: new Date(Date.now() - 1_000) }, {}, false],
    ['not yet expired', { expiresAt: new Date(Date.now() + HOUR_MS) }, {}, true],
    ['bounce, a person writes', { reason: 'bounce' }, { source: 'submission' }, true],
    ['complaint, bulk', { reason: 'complaint' }, { source: 'api' }, true],
    ['complaint, a person writes', { reason: 'complaint' }, { source: 'web' }, false],
    ['unsubscribed, marketing', { reason: 'unsubscribe' }, { lane: 'marketing' }, true],
    ['unsubscribed, transactional', { reason: 'unsubscribe' }, {}, false],
    ['operator, a person writes', { reason: 'manual' }, { source: 'submission' }, true],
  ])('%s', async (_name, list, mail, stopped) => {
    // Before the row and after it: accept and claim look alike.
    const early = await send(['bob@example.com'], mail);
    await suppress('bob@example.com', list);
    expect(early.kind).toBe('accepted');
    expect(await queue.claim(10, { lane: mail.lane ?? 'transactional' })).toMatchObject([{ suppressed: stopped }]);
    expect((await send(['bob@example.com'], mail)).kind).toBe(stopped ? 'rejected' : 'accepted');
  });
});

describe('a tenant that may not send', () => {
  test.each(['paused', 'suspended'])('is told why when %s, and its reports still go', async (status) => {
    const tenantId = await queue.addTenant();
    await queue.pool.query(`UPDATE tenant SET status = $2, status_reason = 'bounces' WHERE id = $1`, [tenantId, status]);
    expect(await send(['bob@example.com'], { tenantId })).toEqual({
      kind: 'rejected', code: 'sending-stopped', field: 'tenantId', rule: 'sending is stopped for this organisation: bounces',
    });
    expect(await queue.events()).toEqual([]);
    expect(await send(['bob@example.com'], { tenantId, source: 'dsn', reversePath: '' })).toMatchObject({ kind: 'accepted' });
  });
});

describe('at delivery', () => {
  const bounced = (addressDead: boolean): Extract<Outcome, { kind: 'bounced' }> => ({ kind: 'bounced', category: addressDead ? 'userunknown' : 'policyviolation', reason: '550 no', addressDead, facts: {} });
  async function bounce(recipient: string, addressDead: boolean, mail: Partial<EnqueueInput> = {}): Promise<void> {
    await send([recipient], mail);
    const claimed = await queue.claim();
    await storeFinished(queue.pool, claimed.map((delivery) => ({ delivery, outcome: bounced(addressDead) })));
  }

  test('a dead address is suppressed with the outcome; policy never suppresses', async () => {
    await bounce('Dead@example.com', true);
    await bounce('policy@example.com', false);
    const rows = await selectSuppressions(queue.pool, { limit: 10 });
    expect(rows).toMatchObject([{ address: 'dead@example.com', tenantId: queue.tenantId, reason: 'bounce', source: 'delivery', detail: '550 no' }]);
    expect(rows[0]!.expiresAt!.getTime() - Date.now()).toBeGreaterThan(179 * 24 * HOUR_MS);
    expect(await send(['dead@example.com'])).toMatchObject({ code: 'suppressed' });
    expect(await send(['dead@example.com'], { tenantId: other })).toMatchObject({ kind: 'accepted' });
  });

  test('for a day only where a person wrote; for a domain of ours not at all', async () => {
    await bounce('person@example.com', true, { source: 'web' });
    const [row] = await findSuppressions(queue.pool, 'PERSON@example.com');
    expect(row!.expiresAt!.getTime() - Date.now()).toBeLessThan(25 * HOUR_MS);
    await queue.pool.query(`INSERT INTO domain (id, tenant_id, name) VALUES (gen_random_uuid(), $1, 'own.example')`, [queue.tenantId]);
    await bounce('nobody@own.example', true);
    expect(await findSuppressions(queue.pool, 'nobody@own.example')).toEqual([]);
  });

  test('many in one batch, some twice', async () => {
    for (const address of ['a@example.com', 'b@example.com', 'A@example.com']) await send([address]);
    const claimed = await queue.claim();
    expect((await storeFinished(queue.pool, claimed.map((delivery) => ({ delivery, outcome: bounced(true) })))).size).toBe(3);
    expect(await selectSuppressions(queue.pool, { limit: 10 })).toHaveLength(2);
  });
});

describe('the list', () => {
  test('the later end holds; each reason ends by itself', async () => {
    const soon = new Date(Date.now() + HOUR_MS);
    await suppress('bob@example.com', { expiresAt: soon });
    await suppress('bob@example.com', { expiresAt: new Date(Date.now() + 60_000) });
    expect(await findSuppressions(queue.pool, 'bob@example.com')).toMatchObject([{ expiresAt: soon }]);
    await suppress('bob@example.com', { expiresAt: null });
    await suppress('bob@example.com', { reason: 'complaint' });
    expect((await findSuppressions(queue.pool, 'bob@example.com')).map((row) => [row.reason, row.expiresAt])).toEqual([['bounce', null], ['complaint', null]]);
    expect(await deleteSuppressions(queue.pool, { tenantId: queue.tenantId, address: 'bob@example.com', reason: 'bounce' })).toBe(1);
    expect(await deleteSuppressions(queue.pool, { tenantId: null, address: 'bob@example.com' })).toBe(0);
    expect((await findSuppressions(queue.pool, 'bob@example.com')).map((row) => row.reason)).toEqual(['complaint']);
  });

  test('an erased address goes on being suppressed, by its hash', async () => {
    await suppress('bob@example.com');
    expect(await eraseSuppressedAddress(queue.pool, 'Bob@example.com')).toBe(1);
    const [row] = await selectSuppressions(queue.pool, { tenantId: queue.tenantId, limit: 10 });
    expect(row).toMatchObject({ address: null, detail: null, addressHash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await send(['bob@example.com'])).toMatchObject({ code: 'suppressed' });
    expect(await findSuppressions(queue.pool, 'bob@example.com')).toHaveLength(1);
  });
});
