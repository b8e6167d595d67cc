import { expect, it } from 'vitest';
import { domainReportText } from './feedback.ts';
import { queueTable } from './queue.ts';
import { reputationText } from './reputation.ts';
import { statusTable } from './status.ts';
import { suppressionTable } from './suppression.ts';

it('shows roles, then what is absent or external, then why one last ended', () => {
  const text = statusTable({
    pid: 1, startedAt: '2026-11-22T03:00:00.000Z', home: '/h', url: 'http://127.0.0.1:3000',
    roles: [
      { role: 'gateway', state: 'ready', pid: 42, uptimeMs: 65_000, restarts: 1, optional: false, lastExit: { at: '2026-11-22T03:01:00.000Z', reason: 'was ended by SIGKILL' } },
      { role: 'rspamd', state: 'backoff', pid: null, uptimeMs: null, restarts: 3, optional: true, lastExit: null },
    ],
    absent: [{ role: 'clamd', reason: 'clamd is not installed' }],
    external: ['redis'],
  });
  expect(text).toBe(
    'ROLE     STATE    PID  UPTIME  RESTARTS\n' +
      'gateway  ready    42   1 min   1\n' +
      'rspamd   backoff  -    -       3\n' +
      'redis: given by URL\n' +
      'clamd: absent (clamd is not installed)\n' +
      'gateway last ended at 2026-11-22T03:01:00.000Z: was ended by SIGKILL\n',
  );
});

it('shows the queue with ages and next tries, and <> for the null reverse-path', () => {
  const now = new Date('2026-11-22T12:00:00Z');
  const row = {
    queueId: '019aa000-0000-7000-8000-000000000001', recipientNo: 1, tenantId: 't', tenant: 'eider', lane: 'transactional', reversePath: '',
    recipient: 'x@example.com', subject: null, size: 10, attempts: 2, acceptedAt: new Date('2026-11-22T10:30:00Z'), expiresAt: now,
  } as const;
  const text = queueTable(
    [
      { ...row, state: 'deferred', dueAt: new Date('2026-11-22T12:05:00Z'), reason: '451 4.7.1 later' },
      { ...row, state: 'attempting', dueAt: new Date('2026-11-22T11:59:00Z'), reason: null, reversePath: 'alice@eider.test' },
    ],
    now,
  );
  expect(text.split('\n').slice(1, 3).map((line) => line.split(/ {2,}/))).toEqual([
    [row.queueId, 'deferred', 'transactional', '1 h 30 min', 'in 5 min', '2', '<>', 'x@example.com', '451 4.7.1 later'],
    [row.queueId, 'attempting', 'transactional', '1 h 30 min', '-', '2', 'alice@eider.test', 'x@example.com'],
  ]);
});

it('shows suppressions with their ends, and an erased address by its hash', () => {
  const now = new Date('2026-11-25T12:00:00Z');
  const row = { id: '1', tenantId: 't', tenant: 'eider', addressHash: 'ab'.repeat(32), reason: 'bounce', source: 'dsn', detail: '550 no', queueId: null, createdAt: new Date('2026-11-25T11:00:00Z') };
  const text = suppressionTable([
    { ...row, address: 'bob@example.com', expiresAt: new Date('2026-11-26T12:00:00Z') },
    { ...row, address: null, tenantId: null, tenant: null, detail: null, expiresAt: null },
  ], now);
  expect(text.split('\n').slice(1, 3).map((line) => line.split(/ {2,}/))).toEqual([
    ['bob@example.com', 'eider', 'bounce', 'dsn', '1 h 0 min', 'in 1 d 0 h', '550 no'],
    ['(erased) abababababababab…', '(all)', 'bounce', 'dsn', '1 h 0 min', 'never'],
  ]);
});

it('shows rates with the levels that they led to, and who may not send', () => {
  const at = new Date('2026-11-25T12:00:00Z');
  const text = reputationText({
    hours: 24,
    tenants: [{ id: 't', slug: 'eider', status: 'paused', statusReason: 'bounces', statusBy: 'reputation', resumeAt: at }],
    counts: [{ scope: 'tenant', tenantId: 't', key: '', accepted: 10, delivered: 8, deferred: 2, bounced: 2, complained: 0 }],
    states: [{ scope: 'tenant', tenantId: 't', key: '', level: 'pause', reason: 'bounces', since: at }],
    changes: [{ at, scope: 'tenant', tenantId: 't', key: '', level: 'paused', reason: 'bounces', by: 'reputation' }],
  });
  expect(text.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['last 24 h'],
    ['SCOPE', 'TENANT', 'KEY', 'ACCEPTED', 'DELIVERED', 'BOUNCED', 'COMPLAINED', 'DEFERRED', 'LEVEL', 'WHY'],
    ['tenant', 'eider', '-', '10', '8', '20 %', '0 %', '16.7 %', 'pause', 'bounces'],
    ['tenant eider is paused by reputation: bounces; sends again at 2026-11-25T12:00:00.000Z'],
    ['changes'],
    ['', '2026-11-25T12:00:00.000Z tenant eider paused by reputation: bounces'],
    [''],
  ]);
});

it('shows domain reports a kind after the other', () => {
  const [beginsAt, endsAt] = [new Date('2026-11-24T00:00:00Z'), new Date('2026-11-25T00:00:00Z')];
  const dmarc = [{ organization: 'receiver.example', reportId: '1', beginsAt, endsAt, messages: 12, aligned: 10, quarantined: 1, rejected: 1, sources: 2 }];
  const tls = [{ organization: 'receiver.example', reportId: '2', beginsAt, endsAt, policies: ['sts'], sessionsOk: 5, sessionsFailed: 1, failures: ['certificate-expired ×1'] }];
  const text = domainReportText({ domain: 'eider.test', dmarc, sources: [], failures: [], tls });
  expect(text).toMatch(/^DMARC reports\nFROM .*\nreceiver\.example {2}2026-11-24 {2}2026-11-25 {2}12 {8}10 /);
  expect(text).toMatch(/\nTLS reports\nFROM .*\nreceiver\.example .* certificate-expired ×1 {2}2\n$/);
  expect(domainReportText({ domain: 'eider.test', dmarc: [], sources: [], failures: [], tls: [] })).toBe('no reports about eider.test yet\n');
});
