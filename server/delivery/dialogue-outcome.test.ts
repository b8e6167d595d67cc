import { describe, expect, test } from 'vitest';
import { parseReplyText } from '../mail/smtp-reply.ts';
import { REMOTE_BACKOFF } from './backoff.ts';
import type { ClaimedDelivery } from './claim.store.ts';
import { noConnectionOutcome, transactionOutcome } from './dialogue-outcome.ts';
import type { TransactionPhase } from './smtp/transact.ts';

const delivery: ClaimedDelivery = {
  queueId: 'q', recipientNo: 0, tenantId: 't', lane: 'transactional', recipient: 'bob@example.com', domain: 'example.com', notify: null, orcpt: null, size: 1,
  attempts: 1, lastChance: false, suppressed: false, leaseToken: 'l',
} as ClaimedDelivery;
const context = { delivery, backoff: REMOTE_BACKOFF, random: () => 0.5 };
const session = { mxHost: 'mx.example.com', remoteAddress: '192.0.2.1', tls: false as const, offersDsn: false };

describe('a refusal means what it says where it is said', () => {
  test.each<[TransactionPhase, string, string, string, boolean]>([
    ['rcpt', '550 5.1.1 User unknown', 'bounced', 'userunknown', true],
    ['rcpt', '550 No such user here', 'bounced', 'userunknown', true],
    // The sender is meant, whatever the words.
    ['mail', '550 5.1.1 User unknown', 'bounced', 'userunknown', false],
    ['mail', '553 sorry, your envelope sender address does not exist', 'bounced', 'rejected', false],
    // After the content it may be any recipient, or a filter's way to refuse.
    ['end-of-data', '554 delivery error: user unknown', 'bounced', 'filtered', false],
    ['end-of-data', '554 5.7.1 Message rejected as spam', 'bounced', 'spamdetected', false],
    ['data', '451 4.3.0 Try later', 'deferred', 'systemerror', false],
  ])('%s: %s', (phase, text, kind, category, addressDead) => {
    const outcome = transactionOutcome(context, { kind: 'replied', phase, reply: parseReplyText(text)! }, session);
    expect(outcome).toMatchObject({ kind, category, ...(kind === 'bounced' && { addressDead }) });
  });

  test.each([
    ['greeting', '554 5.7.1 Your host is listed', 'blocked'],
    ['greeting', '554 no mail from you', 'blocked'],
    ['ehlo', '550 Access denied', 'rejected'],
  ])('%s: %s never ends it', (phase, text, category) => {
    const outcome = noConnectionOutcome(context, { kind: 'refused', host: 'mx.example.com', address: '192.0.2.1', phase, reply: parseReplyText(text)!, conversation: [], tlsFailures: [] } as never, {});
    expect(outcome).toMatchObject({ kind: 'deferred', category });
  });
});
