import { expect, it } from 'vitest';
import { queueTable } from './queue.ts';
import { statusTable } from './status.ts';

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
