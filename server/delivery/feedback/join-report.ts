// From a parsed report and the proof that came with it to effects on recipients. Pure. Without a proof nothing follows:
// anyone can write a report that names anybody's message.
import type { HeaderField } from '../../mail/header.ts';
import { readIntakeAddress, TOKEN_FIELD } from '../../mail/feedback-address.ts';
import { openToken, type TokenKey, type TokenSubject } from '../../mail/feedback-token.ts';
import type { ParsedReport, ReportRecipient } from '../../mail/reports/report-types.ts';
import { COMPLAINT_EFFECTS, type EffectName } from './feedback-effects.ts';

export interface SentMessage {
  queueId: string;
  recipients: readonly { recipientNo: number; address: string }[];
  /** How many it was accepted for. */
  recipientCount: number;
}

export interface Effect {
  recipientNo: number;
  address: string;
  name: EffectName;
  /** The proof is about this recipient alone; a proof that co-recipients hold suppresses nobody. */
  proven: boolean;
  /** What the report says of it. */
  said: ReportRecipient | null;
}

/** The subject that a report speaks of, by what only the message itself could tell; or why there is none. */
export type Proof = { kind: 'proven'; subject: TokenSubject } | { kind: 'none'; why: string };

/**
 * The token of the address that the report came to; else one that it brings back of the message.
 * @param receivedAt tokens are judged by when the report came in
 */
export function findProof(report: ParsedReport, recipient: string, keys: readonly TokenKey[], receivedAt: Date): Proof {
  const returned = returnedHeaders(report);
  const inHeader = returned.filter((field) => field.name.toLowerCase() === TOKEN_FIELD.toLowerCase()).map((field) => openToken(keys, 'header', field.value, receivedAt.getTime()));
  const inPath = [recipient, ...returnPathsOf(report, returned)].flatMap((address) => {
    const token = readIntakeAddress(address)?.token;
    return token ? [openToken(keys, 'return-path', token, receivedAt.getTime())] : [];
  });
  const valid = [...inPath, ...inHeader].filter((token) => token.kind === 'valid');
  const first = valid[0];
  if (first === undefined) {
    const seen = [...inPath, ...inHeader];
    if (seen.length === 0) return { kind: 'none', why: 'nothing in it proves which message it is about' };
    return { kind: 'none', why: seen.some((token) => token.kind === 'expired') ? 'its token has expired' : 'its token is forged' };
  }
  // A true return path around a message that was another: whoever put these together has something in mind.
  if (valid.some((token) => token.subject.queueId !== first.subject.queueId)) return { kind: 'none', why: 'it came about one message and returns another' };
  return { kind: 'proven', subject: first.subject };
}

function returnedHeaders(report: ParsedReport): HeaderField[] {
  if (report.kind === 'dsn') return report.dsn.original.headers;
  if (report.kind === 'arf') return report.arf.original.headers;
  return report.kind === 'autoreply' ? report.autoreply.original.headers : [];
}

function returnPathsOf(report: ParsedReport, returned: HeaderField[]): string[] {
  const fields = returned.filter((field) => field.name.toLowerCase() === 'return-path').map((field) => field.value);
  const stated = report.kind === 'arf' && report.arf.originalMailFrom ? [report.arf.originalMailFrom] : [];
  return [...stated, ...fields].map((path) => path.replace(/^[\s<]+|[>\s]+$/g, ''));
}

/**
 * The effects of a proven report on recipients of the message.
 * @returns `foreign`: addresses that it names and the message was not sent to
 */
export function effectsOf(report: ParsedReport, subject: TokenSubject, message: SentMessage): { effects: Effect[]; foreign: string[] } {
  const only = message.recipientCount === 1 ? message.recipients[0] : message.recipients.find(({ recipientNo }) => recipientNo === subject.recipientNo);
  if (only !== undefined) {
    const said = entryFor(report.recipients, only.address);
    const name = effectName(report, said);
    return { effects: name === null ? [] : [{ ...only, name, proven: true, said }], foreign: [] };
  }
  const effects: Effect[] = [];
  const foreign: string[] = [];
  for (const said of report.recipients) {
    const target = message.recipients.find(({ address }) => names(said, address));
    const name = effectName(report, said);
    if (target === undefined) foreign.push(said.recipient);
    else if (name !== null && !effects.some((effect) => effect.recipientNo === target.recipientNo)) effects.push({ ...target, name, proven: false, said });
  }
  return { effects, foreign };
}

/** Mail is forwarded, so a report may name another address: what it says of its worst recipient then counts. */
function entryFor(entries: readonly ReportRecipient[], address: string): ReportRecipient | null {
  return entries.find((entry) => names(entry, address)) ?? entries.find(({ action }) => action === 'failed') ?? entries[0] ?? null;
}

function names(entry: ReportRecipient, address: string): boolean {
  const wanted = address.toLowerCase();
  return entry.recipient.toLowerCase() === wanted || entry.originalRecipient?.toLowerCase() === wanted;
}

function effectName(report: ParsedReport, said: ReportRecipient | null): EffectName | null {
  if (report.kind === 'autoreply') return 'autoreplied';
  if (report.kind === 'arf') return report.arf.feedbackType === 'auth-failure' ? null : (COMPLAINT_EFFECTS[report.arf.feedbackType] ?? 'complained');
  if (report.kind !== 'dsn' || said === null) return null;
  switch (said.action) {
    case 'failed':
      return said.permanent ? 'bouncedDead' : 'bounced';
    case 'delayed':
      return 'delayed';
    case 'delivered':
    case 'relayed':
    case 'expanded':
      return 'confirmed';
    case 'complained':
      return 'complained';
    case 'replied':
      return 'autoreplied';
  }
}
