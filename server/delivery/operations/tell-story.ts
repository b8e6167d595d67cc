// A message's story as text for people: a heading, then each recipient with what happened to it, in order. Pure.
import type { TraceEvent } from '../queue-view.store.ts';
import type { MessageStory } from './message-story.store.ts';

type Data = Record<string, unknown>;
const text = (data: Data, name: string): string => (typeof data[name] === 'string' ? data[name] : '');
const brackets = (parts: readonly (string | undefined | false)[]): string => {
  const shown = parts.filter(Boolean);
  return shown.length > 0 ? ` (${shown.join(', ')})` : '';
};

/** `mx1.example.com [192.0.2.1], TLSv1.3`: with whom an attempt spoke, and how. */
function dialogue(data: Data): string {
  const host = text(data, 'mxHost');
  if (host === '') return '';
  const address = text(data, 'remoteAddress');
  const tls = data['tls'] === false ? 'no TLS' : text(data, 'tls');
  const egress = text(data, 'egress');
  return ` by ${host}${address ? ` [${address}]` : ''}${brackets([tls, egress && `from ${egress}`, typeof data['durationMs'] === 'number' && `${data['durationMs']} ms`])}`;
}

const attempt = (data: Data): string => (data['attempt'] === undefined ? '' : `attempt ${String(data['attempt'])} `);
const because = (data: Data): string => (text(data, 'reason') ? `: ${text(data, 'reason')}` : '');
const by = (data: Data): string => (text(data, 'by') ? ` by ${text(data, 'by')}` : '');

/** How each type of event is told; what is not here is told by its type, reason and detail. */
const TOLD: Record<string, (data: Data) => string> = {
  delivered: (data) => `${attempt(data)}delivered${dialogue(data)}${text(data, 'reply') ? `: ${text(data, 'reply')}` : ''}`,
  deferred: (data) => `${attempt(data)}deferred, ${text(data, 'category') || 'for no stated cause'}${dialogue(data)}${because(data)}${text(data, 'nextAt') ? `; next try at ${stamp(data['nextAt'])}` : ''}`,
  bounced: (data) => `${attempt(data)}bounced, ${text(data, 'category') || 'refused'}${dialogue(data)}${because(data)}`,
  expired: (data) => `${attempt(data)}expired${dialogue(data)}${because(data)}`,
  held: (data) => `held${by(data)}${because(data)}`,
  released: (data) => `released${by(data)}${because(data)}`,
  requeued: (data) => `made due at once${by(data)}${because(data)}`,
  cancelled: (data) => `cancelled${by(data)}${because(data)}`,
  rebound: (data) => `bound to lane ${text(data, 'lane')}, priority ${String(data['priority'])}${text(data, 'pool') && `, pool ${text(data, 'pool')}`}${text(data, 'route') && `, route ${text(data, 'route')}`}${by(data)}${because(data)}`,
  replayed: (data) => `dead letter sent again${by(data)}${because(data)}`,
  reported: (data) => `report (${text(data, 'action')}) sent to ${text(data, 'to')} as ${text(data, 'report')}`,
  'attempt-lost': (data) => `${attempt(data)}lost: its worker is gone and the outcome unknown; it is made again`,
};

function told(event: TraceEvent): string {
  const tell = TOLD[event.type];
  if (tell) return tell(event.data);
  const detail = text(event.data, 'detail');
  return `${event.type}${by(event.data)}${because(event.data)}${detail ? `: ${detail}` : ''}`;
}

const stamp = (moment: unknown): string => new Date(moment as string).toISOString().replace(/\.\d+Z$/, 'Z');

/** The whole story, a line for each event; times are UTC. */
export function tellStory(story: MessageStory): string {
  const { message, waiting, events } = story;
  const accepted = events.find((event) => event.type === 'accepted');
  const lines = [`${story.queueId}${message ? `  "${message.subject ?? ''}"` : '  (its content is past retention)'}`];
  const data = accepted?.data ?? {};
  const from = message?.reversePath ?? text(data, 'reversePath');
  lines.push(`  from <${from}>, header From ${message?.headerFrom ?? text(data, 'headerFrom')}, Message-ID ${message?.messageIdHeader ?? text(data, 'messageId')}`);
  const size = message?.size ?? data['size'];
  lines.push(`  ${message?.tenant ? `tenant ${message.tenant}, ` : ''}lane ${message?.lane ?? text(data, 'lane')}, ${String(size)} octets, ${recipientCount(data['recipients'])}`);
  if (accepted) lines.push(`  ${stamp(accepted.at)}  accepted from ${text(data, 'source')}`);
  for (const event of events) if (event.recipientNo === null && event !== accepted) lines.push(`  ${stamp(event.at)}  ${told(event)}`);
  const numbers = [...new Set([...events.flatMap(({ recipientNo }) => (recipientNo === null ? [] : [recipientNo])), ...waiting.map((row) => row.recipientNo)])];
  for (const recipientNo of numbers.sort((a, b) => a - b)) lines.push(...recipientLines(story, recipientNo));
  return `${lines.join('\n')}\n`;
}

const recipientCount = (count: unknown): string => (count === 1 ? '1 recipient' : `${String(count ?? 'unknown')} recipients`);

function recipientLines({ waiting, events }: MessageStory, recipientNo: number): string[] {
  const own = events.filter((event) => event.recipientNo === recipientNo);
  const row = waiting.find((candidate) => candidate.recipientNo === recipientNo);
  const address = row?.recipient ?? own.findLast((event) => event.recipient !== null)?.recipient ?? '(unknown)';
  const lines = [`  :${recipientNo} ${address}`, ...own.map((event) => `    ${stamp(event.at)}  ${told(event)}`)];
  if (row) lines.push(`    now ${row.state}${row.dueAt ? ` until ${stamp(row.dueAt)}` : ''}, ${row.attempts} attempts${row.reason ? `: ${row.reason}` : ''}`);
  return lines;
}
