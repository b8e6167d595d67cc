// What the sender of an overdue message is told: the same words for one that was refused again and again and one that
// could never be tried. Pure. Reasons of operators and of our own limits stay inside.
import { reportedAction, type ReportItem } from '../bounce-report.ts';
import type { OverdueRow } from './overdue.store.ts';

const NEVER_TRIED = 'It could not be attempted yet.';

/** The end of it; null: the sender does not want to know. */
export function expiryReport(row: OverdueRow): ReportItem | null {
  const facts = { phase: 'queue' };
  const wanted = reportedAction({ delivery: row, outcome: { kind: 'expired', category: 'expired', reason: '', facts } });
  if (wanted === null) return null;
  const explanation = row.lastReason === null ? 'Not delivered in time: it could never be attempted.' : `Not delivered in time. Last: ${row.lastReason}`;
  // 4.4.7: delivery time expired (RFC 3463), where no server gave a better reason.
  return item(row, { action: 'failed', status: temporary(row.enhancedCode) ?? '4.4.7', explanation, willRetryUntil: null });
}

export function delayReport(row: OverdueRow): ReportItem {
  const explanation = row.lastReason === null ? NEVER_TRIED : `Last: ${row.lastReason}`;
  return item(row, { action: 'delayed', status: temporary(row.enhancedCode) ?? '4.0.0', explanation, willRetryUntil: row.expiresAt });
}

function item(row: OverdueRow, told: Pick<ReportItem['entry'], 'action' | 'status' | 'explanation' | 'willRetryUntil'>): ReportItem {
  const { queueId, tenantId, recipient, orcpt, reply, lastAttemptAt } = row;
  return { queueId, tenantId, entry: { recipient, orcpt, smtpReply: reply, remoteMta: reply === null ? null : row.mxHost, lastAttemptAt, ...told } };
}

/** Of a wait the class is 4 (RFC 3464 2.3.4), also where the server said 5 and we knew better. */
const temporary = (enhancedCode: string | null): string | null => (enhancedCode === null ? null : `4${enhancedCode.slice(1)}`);
