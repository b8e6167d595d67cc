import { expect, test } from 'vitest';
import type { Suspension } from '../suspension.store.ts';
import { CAUSE_NAMES, explainWait, type WhyFacts } from './why.ts';

const now = new Date('2026-11-24T12:00:00Z');
const later = new Date('2026-11-24T12:30:00Z');
const earlier = new Date('2026-11-24T11:59:00Z');
const row = {
  queueId: 'Q', recipientNo: 0, recipient: 'bob@example.com', domain: 'example.com', lane: 'transactional', state: 'queued', attempts: 1,
  dueAt: now, expiresAt: new Date('2026-11-29T12:00:00Z'), lastAttemptAt: earlier, reason: null,
} as const;
const tenant = { slug: 'acme', status: 'active', statusReason: null, resumeAt: null };
const facts: WhyFacts = { row, tenant, suspension: null, hindrances: [], slowed: null, ahead: 0, workers: 1, now };
const suspension = (changes: Partial<Suspension>): Suspension => ({ id: 'S', scope: 'domain', match: 'example.com', reason: 'their request', until: null, createdBy: 'cli:ann', createdAt: now, ...changes });

const cases: [name: string, changes: Partial<WhyFacts>, cause: string, sentence: string, until: Date | null][] = [
  ['held', { row: { ...row, state: 'held', reason: 'Held by an operator: ticket 7' } }, 'held', 'It is held (Held by an operator: ticket 7) until an operator releases it: eider queue release Q:0.', null],
  ['being attempted', { row: { ...row, state: 'attempting', attempts: 2, dueAt: later } }, 'attempting', 'A worker has been attempting it since 2026-11-24T11:59:00Z (attempt 2); should that worker be gone, it is tried again after 2026-11-24T12:30:00Z.', later],
  ['send_at', { row: { ...row, state: 'scheduled', dueAt: later } }, 'scheduled', 'It waits for its send_at, 2026-11-24T12:30:00Z.', later],
  ['send_at, and stopped after it', { row: { ...row, state: 'scheduled', dueAt: later }, suspension: suspension({}) }, 'scheduled', 'It waits for its send_at, 2026-11-24T12:30:00Z; but mail to example.com is suspended by cli:ann (their request) until somebody resumes it.', later],
  ['send_at, after a suspension that ends before', { row: { ...row, state: 'scheduled', dueAt: later }, suspension: suspension({ until: now }) }, 'scheduled', 'It waits for its send_at, 2026-11-24T12:30:00Z.', later],
  ['deferred', { row: { ...row, state: 'deferred', dueAt: later, reason: 'mx said: 451 4.7.1 later.' } }, 'deferred', 'It was deferred (mx said: 451 4.7.1 later) and is tried again at 2026-11-24T12:30:00Z (attempt 2; given up after 2026-11-29T12:00:00Z).', later],
  ['tenant paused with an end', { tenant: { ...tenant, status: 'paused', statusReason: 'complaints at 0.5 %', resumeAt: later } }, 'tenant', 'Its tenant acme is paused (complaints at 0.5 %) until 2026-11-24T12:30:00Z.', later],
  ['tenant suspended', { tenant: { ...tenant, status: 'suspended' } }, 'tenant', 'Its tenant acme is suspended until an operator makes it active.', null],
  ['suspension of the domain', { suspension: suspension({ until: later }) }, 'suspension', 'Mail to example.com is suspended by cli:ann (their request) until 2026-11-24T12:30:00Z.', later],
  ['suspension of the lane', { suspension: suspension({ scope: 'lane', match: 'transactional' }) }, 'suspension', 'The transactional lane is suspended by cli:ann (their request) until somebody resumes it.', null],
  ['suspension of the tenant', { suspension: suspension({ scope: 'tenant', match: 'uuid' }) }, 'suspension', 'Its tenant acme is suspended by cli:ann (their request) until somebody resumes it.', null],
  ['suspension of the MX', { suspension: suspension({ scope: 'mx', match: '.example.net' }) }, 'suspension', 'Mail to .example.net hosts is suspended by cli:ann (their request) until somebody resumes it.', null],
  ['a limit', { hindrances: [{ reason: 'example from default takes 60 a minute', until: later }] }, 'hindrance', 'It waits: example from default takes 60 a minute, until about 2026-11-24T12:30:00Z.', later],
  ['two limits: the one that ends last', { hindrances: [{ reason: 'a', until: earlier }, { reason: 'the day’s cap of out-1 is used up.', until: later }] }, 'hindrance', 'It waits: the day’s cap of out-1 is used up, until about 2026-11-24T12:30:00Z.', later],
  ['a limit without an end', { hindrances: [{ reason: 'out-1 is retired', until: null }, { reason: 'a', until: later }] }, 'hindrance', 'It waits: out-1 is retired.', null],
  ['nobody there to take it', { workers: 0 }, 'no-worker', 'It is ready, but no delivery worker is connected to the database: see eider status.', null],
  ['due, not yet moved', { row: { ...row, state: 'deferred', dueAt: earlier } }, 'due', 'It has been due since 2026-11-24T11:59:00Z and is made ready within seconds.', null],
  ['others first', { ahead: 12 }, 'in-line', 'It is ready, with 12 of the same tenant, lane (transactional) and domain (example.com) in line before it.', null],
  ['very many first', { ahead: 10_000 }, 'in-line', 'It is ready, with 10000 or more of the same tenant, lane (transactional) and domain (example.com) in line before it.', null],
  ['next', {}, 'next', 'It is ready and next in line: a worker with room takes it within a second.', null],
];

test.each(cases)('%s', (_name, changes, cause, sentence, until) => {
  expect(explainWait({ ...facts, ...changes })).toEqual({ cause, sentence, until });
});

test('every cause is told of here, and each tells one sentence', () => {
  expect(new Set(cases.map(([, , cause]) => cause))).toEqual(new Set(CAUSE_NAMES));
  for (const [, , , sentence] of cases) expect(sentence.endsWith('.')).toBe(true);
});
