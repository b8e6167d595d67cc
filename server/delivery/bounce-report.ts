// The DSNs that outcomes and long waits call for: who gets one, and its text. Building the report itself is
// server/mail/dsn.ts; storing it, in the same commit as what it tells of, is store-reports.ts.
import { buildDsn, type DsnAction, type DsnRecipient } from '../mail/dsn.ts';
import { type AcceptedMessage, acceptMessage } from './accepted-message.ts';
import type { LoadedMessage } from './message-loader.ts';
import type { DeliveryOutcome } from './outcome.ts';

/** What a report says of one recipient of one message. */
export interface ReportItem {
  queueId: string;
  tenantId: string;
  entry: DsnRecipient;
}

/** The action to report for an outcome, or null when none is due (RFC 3461 4.1, 5.2; RFC 5321 6.1). */
export function reportedAction({ delivery, outcome }: Pick<DeliveryOutcome, 'outcome'> & { delivery: Pick<DeliveryOutcome['delivery'], 'notify'> }): DsnAction | null {
  const notify = delivery.notify?.split(',') ?? ['FAILURE'];
  if (outcome.kind === 'bounced' || outcome.kind === 'expired') return notify.includes('FAILURE') ? 'failed' : null;
  if (outcome.kind === 'delivered') return outcome.relayReceipt ? 'relayed' : null;
  return null;
}

/** What the sender is told of an outcome; null: nothing. @param lastAttemptAt when it was attempted last (now) */
export function reportOf(outcome: DeliveryOutcome, now: Date, lastAttemptAt: Date | null = now): ReportItem | null {
  const action = reportedAction(outcome);
  if (action === null) return null;
  const { queueId, tenantId } = outcome.delivery;
  return { queueId, tenantId, entry: reportedRecipient(outcome, action, lastAttemptAt) };
}

/**
 * The report to the sender about recipients of one message that all have the same action.
 * @returns null for the null reverse-path: a report never causes another
 */
export function bounceReport(message: LoadedMessage, items: readonly ReportItem[], host: string, now: Date): AcceptedMessage | null {
  if (message.reversePath === '') return null;
  const dsn = buildDsn({
    reportingMta: host,
    to: message.reversePath,
    arrivedAt: message.acceptedAt,
    envid: message.dsnEnvid === null ? null : decodeXtext(message.dsnEnvid),
    recipients: items.map(({ entry }) => entry),
    original: message.content,
    // RFC 8689 5: the report goes as securely, and with no more of the message than its header.
    returnFull: message.dsnRet === 'FULL' && items[0]!.entry.action === 'failed' && !message.requireTls,
    now,
  });
  const acceptance = acceptMessage(
    {
      tenantId: message.tenantId,
      accountId: null,
      source: 'dsn',
      lane: 'transactional',
      reversePath: '',
      recipients: [{ address: message.reversePath, notify: ['NEVER'] }],
      headerFrom: dsn.headerFrom,
      messageIdHeader: dsn.messageIdHeader,
      subject: dsn.subject,
      content: dsn.content,
      requireTls: message.requireTls,
    },
    now,
  );
  // The reverse path was an acceptable address when it came in, and an address literal can be none.
  return acceptance.kind === 'acceptable' ? acceptance.message : null;
}

function reportedRecipient({ delivery, outcome }: DeliveryOutcome, action: DsnAction, lastAttemptAt: Date | null): DsnRecipient {
  const facts = 'facts' in outcome ? outcome.facts : {};
  const said = facts.reply ?? null;
  return {
    recipient: delivery.recipient,
    orcpt: delivery.orcpt,
    action,
    status: statusOf(outcome.kind, facts.enhancedCode),
    smtpReply: said,
    remoteMta: said === null ? null : (facts.mxHost ?? null),
    explanation: outcome.kind === 'bounced' || outcome.kind === 'expired' ? outcome.reason : 'The receiving server took the message over.',
    lastAttemptAt,
    willRetryUntil: null,
  };
}

/** Expiry is final, whatever class the last reply had (RFC 3464 2.3.4: the class goes with the action). */
function statusOf(kind: string, enhancedCode: string | undefined): string {
  if (kind === 'delivered') return '2.0.0';
  if (kind === 'expired') return enhancedCode ? `4${enhancedCode.slice(1)}` : '4.4.7';
  return enhancedCode ?? '5.0.0';
}

/** RFC 3461 4: `+` and two hexadecimal digits. */
function decodeXtext(text: string): string {
  return text.replace(/\+([0-9A-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
