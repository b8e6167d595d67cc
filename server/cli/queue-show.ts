// `eider queue show <id>`: one message's recipients as they stand, with their last attempt and where its conversation is.
import type { Command } from 'commander';
import { type MessageStory, readStory } from '../delivery/operations/message-story.store.ts';
import type { TraceEvent } from '../delivery/queue-view.store.ts';
import { withConnection } from './connection.ts';
import { parseDeliveryId } from './queue-selection.ts';
import { Refusal } from './refusal.ts';

export interface ShownRecipient {
  recipientNo: number;
  recipient: string | null;
  /** Of a row in the queue, or how it ended. */
  state: string;
  attempts: number;
  dueAt: Date | null;
  expiresAt: Date | null;
  /** Why it waits or ended. */
  reason: string | null;
  lastAttempt: { at: Date; outcome: string; mxHost: string | null; reply: string | null; tls: string | null; egress: string | null; conversation: string | null } | null;
}

/** Events that an attempt ends with. */
const ATTEMPTS = new Set(['delivered', 'deferred', 'bounced', 'expired', 'attempt-lost']);
const ENDS = new Set(['delivered', 'bounced', 'expired', 'cancelled']);

export function addShow(queue: Command): void {
  queue
    .command('show')
    .description('show a message: its recipients, their last attempts and what was replied')
    .argument('<id>', 'a queue id, or with its recipient: <id>:<number>')
    .option('--json', 'as JSON')
    .action(async (id: string, options: { json?: boolean }) => {
      const { queueId, recipientNo } = parseDeliveryId(id);
      const story = await withConnection(({ pool }) => readStory(pool, queueId));
      const recipients = story ? shownRecipients(story).filter((row) => recipientNo === undefined || row.recipientNo === recipientNo) : [];
      if (!story || recipients.length === 0) throw new Refusal(`there is no ${id} in the queue, nor anything about it in the log`);
      const { message } = story;
      process.stdout.write(options.json ? `${JSON.stringify({ queueId, message, recipients }, null, 2)}\n` : showText(story, recipients));
    });
}

/** Each recipient as it stands: from its row, or from the event that ended it. */
export function shownRecipients({ waiting, events }: MessageStory): ShownRecipient[] {
  const numbers = new Set([...waiting.map((row) => row.recipientNo), ...events.flatMap(({ recipientNo }) => recipientNo ?? [])]);
  return [...numbers].sort((a, b) => a - b).map((recipientNo) => {
    const own = events.filter((event) => event.recipientNo === recipientNo);
    const attempt = own.findLast((event) => ATTEMPTS.has(event.type) && event.data['attempt'] !== undefined && event.data['phase'] !== 'queue');
    const row = waiting.find((entry) => entry.recipientNo === recipientNo);
    const end = own.findLast((event) => ENDS.has(event.type));
    return {
      recipientNo,
      recipient: row?.recipient ?? own.findLast((event) => event.recipient !== null)?.recipient ?? null,
      state: row?.state ?? end?.type ?? 'unknown',
      attempts: row?.attempts ?? Number(attempt?.data['attempt'] ?? 0),
      dueAt: row?.dueAt ?? null,
      expiresAt: row?.expiresAt ?? null,
      reason: row ? row.reason : textOf(end, 'reason'),
      lastAttempt: attempt
        ? {
            at: attempt.at, outcome: attempt.type, mxHost: textOf(attempt, 'mxHost'), reply: textOf(attempt, 'reply'), egress: textOf(attempt, 'egress'),
            tls: attempt.data['tls'] === false ? 'none' : textOf(attempt, 'tls'), conversation: textOf(attempt, 'conversation'),
          }
        : null,
    };
  });
}

function textOf(event: TraceEvent | undefined, name: string): string | null {
  const value = event?.data[name];
  return typeof value === 'string' ? value : null;
}

const time = (moment: Date): string => moment.toISOString().replace(/\.\d+Z$/, 'Z');

export function showText({ queueId, message }: MessageStory, recipients: readonly ShownRecipient[]): string {
  const lines = [`${queueId}${message ? `  "${message.subject ?? ''}"` : '  (its content is past retention)'}`];
  if (message) {
    lines.push(`  from <${message.reversePath}>, header From ${message.headerFrom}, accepted ${time(message.acceptedAt)} from ${message.source}`);
    lines.push(`  ${message.tenant ? `tenant ${message.tenant}, ` : ''}lane ${message.lane}, ${message.size} octets`);
  }
  for (const row of recipients) {
    const when = [row.dueAt && `next ${time(row.dueAt)}`, row.expiresAt && `given up ${time(row.expiresAt)}`].filter(Boolean);
    lines.push(`  :${row.recipientNo} ${row.recipient ?? '(unknown)'}  ${row.state}, ${row.attempts === 1 ? '1 attempt' : `${row.attempts} attempts`}${when.length > 0 ? `, ${when.join(', ')}` : ''}`);
    if (row.reason) lines.push(`     ${row.reason}`);
    const { lastAttempt: last } = row;
    if (!last) continue;
    const how = [last.tls === null ? null : last.tls === 'none' ? 'no TLS' : last.tls, last.egress && `from ${last.egress}`].filter(Boolean);
    lines.push(`     last attempt ${time(last.at)}: ${last.outcome}${last.mxHost ? ` by ${last.mxHost}` : ''}${how.length > 0 ? ` (${how.join(', ')})` : ''}${last.reply ? `: ${last.reply}` : ''}`);
    if (last.conversation) lines.push(`     conversation ${last.conversation}: eider message trace ${queueId} --conversation`);
  }
  return `${lines.join('\n')}\n`;
}
