import { expect, test } from 'vitest';
import type { MessageStory } from './message-story.store.ts';
import { tellStory } from './tell-story.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 24, 12, 0, second));
const event = (second: number, type: string, recipientNo: number | null, data: Record<string, unknown> = {}) => ({
  at: at(second), type, recipientNo, recipient: recipientNo === null ? null : `r${recipientNo}@example.com`, data,
});
const session = { mxHost: 'mx1.example.com', remoteAddress: '192.0.2.1', tls: 'TLSv1.3', durationMs: 80 };

const story: MessageStory = {
  queueId: 'Q',
  message: {
    queueId: 'Q', tenant: 'acme', source: 'web', lane: 'transactional', reversePath: 'alice@eider.test', headerFrom: 'alice@eider.test',
    messageIdHeader: '<1@eider.test>', subject: 'hello', size: 512, acceptedAt: at(0),
  },
  waiting: [{ recipientNo: 2, recipient: 'r2@example.com', state: 'deferred', attempts: 1, dueAt: at(30), expiresAt: at(59), reason: 'mx1 said: 451 later' }],
  events: [
    event(0, 'accepted', null, { source: 'web', recipients: 3 }),
    event(1, 'deferred', 0, { attempt: 1, category: 'greylisted', reason: 'mx1.example.com said: 451 4.7.1 later', nextAt: at(20).toISOString(), ...session }),
    event(2, 'bounced', 1, { attempt: 1, category: 'userunknown', reason: 'mx1.example.com said: 550 5.1.1 no such user', ...session, tls: false }),
    event(2, 'reported', null, { action: 'failed', to: 'alice@eider.test', report: 'R' }),
    event(3, 'deferred', 2, { attempt: 1, category: 'greylisted', reason: 'mx1 said: 451 later', nextAt: at(30).toISOString(), ...session }),
    event(4, 'attempt-lost', 0, { attempt: 2 }),
    event(20, 'delivered', 0, { attempt: 3, reply: '250 2.0.0 ok', ...session }),
    event(25, 'held', 2, { by: 'cli:ann', reason: 'ticket 7' }),
    event(26, 'complained', 0, { detail: 'marked as spam' }),
  ],
};

test('the whole story, by recipient, in order', () => {
  expect(tellStory(story)).toBe(`Q  "hello"
  from <alice@eider.test>, header From alice@eider.test, Message-ID <1@eider.test>
  tenant acme, lane transactional, 512 octets, 3 recipients
  2026-11-24T12:00:00Z  accepted from web
  2026-11-24T12:00:02Z  report (failed) sent to alice@eider.test as R
  :0 r0@example.com
    2026-11-24T12:00:01Z  attempt 1 deferred, greylisted by mx1.example.com [192.0.2.1] (TLSv1.3, 80 ms): mx1.example.com said: 451 4.7.1 later; next try at 2026-11-24T12:00:20Z
    2026-11-24T12:00:04Z  attempt 2 lost: its worker is gone and the outcome unknown; it is made again
    2026-11-24T12:00:20Z  attempt 3 delivered by mx1.example.com [192.0.2.1] (TLSv1.3, 80 ms): 250 2.0.0 ok
    2026-11-24T12:00:26Z  complained: marked as spam
  :1 r1@example.com
    2026-11-24T12:00:02Z  attempt 1 bounced, userunknown by mx1.example.com [192.0.2.1] (no TLS, 80 ms): mx1.example.com said: 550 5.1.1 no such user
  :2 r2@example.com
    2026-11-24T12:00:03Z  attempt 1 deferred, greylisted by mx1.example.com [192.0.2.1] (TLSv1.3, 80 ms): mx1 said: 451 later; next try at 2026-11-24T12:00:30Z
    2026-11-24T12:00:25Z  held by cli:ann: ticket 7
    now deferred until 2026-11-24T12:00:30Z, 1 attempts: mx1 said: 451 later
`);
});

test('a message whose content is gone is told from its events', () => {
  const past = { ...story, message: null, waiting: [], events: [event(0, 'accepted', null, { source: 'api', lane: 'marketing', reversePath: 'a@x.test', headerFrom: 'a@x.test', messageId: '<2@x>', size: 9, recipients: 1 })] };
  expect(tellStory(past)).toBe('Q  (its content is past retention)\n  from <a@x.test>, header From a@x.test, Message-ID <2@x>\n  lane marketing, 9 octets, 1 recipient\n  2026-11-24T12:00:00Z  accepted from api\n');
});
