import { ObjectId } from 'mongodb';
import { describe, expect, test } from 'vitest';
import type { EnqueueInput, EnqueueResult } from '../../server/delivery/enqueue-types.ts';
import type { OutboundEntry } from './outbound-entries.ts';
import { MAX_PER_HOUR, takeEntry, type TakeEntryDeps } from './take-entry.ts';

const now = new Date('2026-11-25T12:00:00Z');
const entry = (more: Partial<OutboundEntry> = {}): OutboundEntry => ({ _id: new ObjectId(), id: 'm1', seq: '001', recipient: 'to@target.example', queued: now, created: now, ...more });
const content = Buffer.from('From: writer@origin.example\r\nSubject: x\r\nMessage-ID: <1@origin.example>\r\n\r\nhello\r\n');
const message = (meta: object = {}) => ({ meta: { from: 'writer@origin.example', userId: 'u1', reason: 'forward', ...meta }, content });
const account = { accountId: 'a1', tenantId: 't1', address: 'alice@eider.test', active: true };

function deps(result: EnqueueResult = { kind: 'accepted', queueId: 'q1' }, more: Partial<TakeEntryDeps> = {}) {
  const taken: EnqueueInput[] = [];
  return {
    taken,
    findAccount: () => Promise.resolve(account),
    seal: () => Promise.resolve(Buffer.from('ARC-Seal: x\r\n')),
    enqueue: (input: EnqueueInput) => Promise.resolve((taken.push(input), result)),
    countOf: () => Promise.resolve(1),
    srsKey: Buffer.alloc(32, 1),
    ...more,
  };
}
const rejected = (code: 'busy' | 'sending-stopped' | 'suppressed' | 'invalid-content', retryAfterSeconds?: number): EnqueueResult => ({ kind: 'rejected', code, field: 'f', rule: 'r', ...(retryAfterSeconds && { retryAfterSeconds }) });

describe('an entry of the mail store', () => {
  test.each<[string, Parameters<typeof takeEntry>, object]>([
    ['goes into the queue', [deps(), entry(), message(), now], { kind: 'taken', queueId: 'q1', repeated: false }],
    ['waits while the queue is full', [deps(rejected('busy', 30)), entry(), message(), now], { kind: 'waits', forMs: 30_000 }],
    ['waits while its tenant is paused', [deps(rejected('sending-stopped')), entry(), message(), now], { kind: 'waits' }],
    ['waits for its content', [deps(), entry(), null, now], { kind: 'waits' }],
    ['waits while its account may not send', [deps(undefined, { findAccount: () => Promise.resolve({ ...account, active: false }) }), entry(), message(), now], { kind: 'waits' }],
    ['waits beyond the hourly limit', [deps(undefined, { countOf: () => Promise.resolve(MAX_PER_HOUR.forward + 1) }), entry(), message(), now], { kind: 'waits' }],
    ['goes to nobody who wants no mail', [deps(rejected('suppressed')), entry(), message(), now], { kind: 'refused' }],
    ['that nobody could send is given up', [deps(rejected('invalid-content')), entry(), message(), now], { kind: 'refused' }],
    ['of an account that is gone is given up', [deps(undefined, { findAccount: () => Promise.resolve(null) }), entry(), message(), now], { kind: 'refused' }],
    ['for a web address is refused', [deps(), entry({ http: true }), message(), now], { kind: 'refused' }],
    ['waits five days at most', [deps(rejected('busy')), entry({ created: new Date('2026-11-20T11:00:00Z') }), message(), now], { kind: 'refused' }],
  ])('%s', async (_, call, outcome) => expect(await takeEntry(...call)).toMatchObject(outcome));

  test.each<[string, object, object]>([
    ['a forward: rewritten sender, sealed', {}, { source: 'forward', reversePath: expect.stringMatching(/^SRS0=.*@eider\.test$/), headerFrom: 'writer@origin.example' }],
    ['a forward of a report: the null path', { from: '' }, { reversePath: '' }],
    ['a sender that cannot be rewritten makes way for the account', { from: `${'x'.repeat(60)}@origin.example` }, { reversePath: 'alice@eider.test' }],
    ['an automatic reply: nothing comes back', { from: '', reason: 'autoreply' }, { reversePath: '', recipients: [{ address: 'to@target.example', notify: ['NEVER'] }] }],
    ['mail of a program through the store', { from: 'alice@eider.test', reason: 'submit' }, { source: 'submission', reversePath: 'alice@eider.test' }],
  ])('%s', async (_, meta, input) => {
    const given = deps();
    await takeEntry(given, entry(), message(meta), now);
    expect(given.taken[0]).toMatchObject({ ...input, tenantId: 't1', idempotencyKey: { key: 'wildduck:m1:001' } });
    expect(given.taken[0]!.content.includes('ARC-Seal')).toBe(!('reason' in meta));
  });
});
