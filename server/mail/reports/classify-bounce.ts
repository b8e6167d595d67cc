// What a report says of one recipient, put together from its machine-readable fields and its words: status,
// reply code, reason, permanence. The meaning of words and codes is the table of reply rules.
import { domainOf } from '../address.ts';
import { decidingRule, isFromCodesAlone } from '../classify-reply.ts';
import { DEAD_ADDRESS, type ReplyCategory, type ReplyRule, type SmtpCommand } from '../reply-rules.ts';
import { REPORT_LIMITS } from './limits.ts';
import { answeredCommand, enhancedAlone, quotedReply } from './quoted-reply.ts';
import { EXCHANGE_ONLINE_STATUS, REPORTER_SENTENCES } from './reporter-sentences.ts';
import type { ReportAction, ReportReason, ReportRecipient } from './report-types.ts';

export interface BounceEvidence {
  recipient: string;
  originalRecipient: string | null;
  action: ReportAction;
  /** From a status field; empty when there is none, or when the reporter writes the same one always. */
  status: string;
  /** What to take when no field and no reply tells; null: by the words. */
  statusIfSilent: string | null;
  /** From a diagnostic field, without its type; may be empty. */
  diagnostic: string;
  /** `smtp`, `x-unix` …; may be empty. */
  diagnosticType: string;
  /** The cause in the report's own terms, or null. */
  told: ReplyCategory | null;
  /** The report is Exchange Online's own. */
  exchangeOnline: boolean;
  /** The words of the report about this recipient; may be empty. */
  block: string;
  /** The report names no other address. */
  alone: boolean;
  /** All words of the report. */
  text: string;
  remoteMta: string | null;
}

/** Reporters come to the point; a longer text only costs time. */
const MAX_WORDS = 16 * 1024;

/** Names of one thing in the two vocabularies: what is put off live, and what reports call it. */
const REASON_OF: Partial<Record<ReplyCategory, ReportReason>> = { greylisted: 'onhold', ratelimited: 'speeding' };

export function classifyBounce(given: BounceEvidence): ReportRecipient {
  // What a report says of several is said of none in particular, and would be searched again for each.
  const evidence = { ...given, block: given.block.slice(0, MAX_WORDS), text: given.alone ? given.text.slice(0, MAX_WORDS) : '' };
  const inField = quotedReply(evidence.diagnostic);
  const inWords = quotedReply(evidence.block) ?? (evidence.alone ? quotedReply(evidence.text) : null);
  const quoted = inField ?? (evidence.diagnostic === '' || evidence.diagnosticType !== 'smtp' ? inWords : null);
  const enhancedInText = quoted?.enhancedCode || enhancedAlone(evidence.diagnostic) || (evidence.diagnostic === '' ? enhancedAlone(evidence.block) : '');
  const status = statusOf(evidence, quoted?.code ?? '', enhancedInText);
  const facts = {
    recipient: evidence.recipient,
    originalRecipient: evidence.originalRecipient,
    action: evidence.action,
    status,
    replyCode: quoted?.code ?? '',
    diagnostic: oneLine(evidence.diagnostic || quoted?.text || evidence.block).slice(0, REPORT_LIMITS.diagnosticLength),
    remoteMta: evidence.remoteMta,
  };
  if (evidence.action !== 'failed' && evidence.action !== 'delayed') {
    return { ...facts, replyCode: /^\s*(2\d\d)[ -]/.exec(evidence.diagnostic)?.[1] ?? '', reason: 'delivered', permanent: false };
  }
  const category = categoryOf({ ...evidence, diagnostic: inField?.text ?? evidence.diagnostic }, facts.replyCode, status, inWords?.text ?? '', inField !== null);
  return {
    ...facts,
    reason: category === null ? fallbackReason(evidence) : (REASON_OF[category] ?? (category as ReportReason)),
    permanent: category !== null && DEAD_ADDRESS.has(category),
  };
}

/** The code that the refusing server gave counts more than what the reporter made of it. */
function statusOf(evidence: BounceEvidence, replyCode: string, enhanced: string): string {
  if (enhanced !== '' && !/^[245]\.0\.0$/.test(enhanced) && (replyCode === '' || replyCode[0] === enhanced[0] || evidence.status === '')) return enhanced;
  if (evidence.status !== '') return evidence.status;
  if (enhanced !== '') return enhanced;
  if (replyCode !== '') return `${replyCode[0]}.0.0`;
  if (evidence.statusIfSilent !== null) return evidence.statusIfSilent;
  const temporary = /temporar|persistent transient|too (?:busy|many conn)|delayed|retry time|failing for a long time|has been frozen/i.test(evidence.diagnostic || firstParagraph(evidence.block));
  return temporary ? '4.0.0' : '5.0.0';
}

/** From the surest source to the vaguest: the field, the reply quoted in words, the words, the codes. */
function categoryOf(evidence: BounceEvidence, replyCode: string, status: string, quotedText: string, quotedInField: boolean): ReplyCategory | null {
  const command = answeredCommand(evidence.block) ?? answeredCommand(evidence.text);
  const own = evidence.diagnosticType === 'x-unix' && /^\d{0,3}$/.test(evidence.diagnostic) ? '' : evidence.diagnostic;
  if (evidence.told) return evidence.told;
  const own365 = evidence.exchangeOnline ? EXCHANGE_ONLINE_STATUS.find((entry) => entry.status.test(status)) : undefined;
  if (own365) return own365.category;
  const said = sentenceOf(evidence.block) || (evidence.alone ? sentenceOf(evidence.text) : '');
  if (typeof said === 'object') return said.category;
  const words = [firstParagraph(evidence.block), evidence.block, evidence.text].map(withoutCommands);
  const sources = [said, own, quotedText && `${own} ${quotedText}`.trim(), ...(evidence.diagnosticType === 'x-unix' || quotedInField ? [] : words)].map(withoutCommands);
  // Where the host isn't told, the recipient's domain often is its provider's own.
  const host = evidence.remoteMta ?? domainOf(evidence.recipient);
  let fromCodes: ReplyRule | undefined;
  for (const source of sources) {
    if (source === '') continue;
    const rule = ruleFor(source, replyCode, status, host, command);
    // A code and a word beside it tell only where both are of one reply: reporters speak of addresses in any case.
    if (rule === undefined || (words.includes(source) && isFromCodesAlone(rule) && rule.text !== undefined)) continue;
    if (!isFromCodesAlone(rule)) {
      // What a local program says of users is said of its own, whoever they are.
      return evidence.diagnosticType === 'x-unix' && rule.category === 'userunknown' && LOCAL_PROGRAM.test(source) ? 'mailererror' : rule.category;
    }
    fromCodes ??= rule;
  }
  if (evidence.diagnosticType === 'x-unix') return 'mailererror';
  if (evidence.action === 'delayed' && fromCodes && /^(?:network|system)error$/.test(fromCodes.category)) return 'expired';
  return (fromCodes ?? ruleFor('', replyCode, status, host, command))?.category ?? null;
}

function ruleFor(text: string, replyCode: string, status: string, host: string, command: SmtpCommand | null): ReplyRule | undefined {
  // Without a reply a code that stands for its class only: no rule for a single code matches it.
  const code = Number(replyCode) || (status.startsWith('4') ? 499 : 599);
  return decidingRule({ code, enhancedCode: status || null, text: oneLine(text) }, host, command);
}

const LOCAL_PROGRAM = /procmail|maildrop|deliver\b|\/(?:usr|bin|var|etc|home)\/|exit|command died|\|/i;

function sentenceOf(text: string): string | { category: ReplyCategory } {
  for (const { pattern, category } of REPORTER_SENTENCES) {
    const match = pattern.exec(text);
    if (match) return category ? { category } : match[1]!;
  }
  return '';
}

/** Up to the first empty line after something was said beyond the address. */
function firstParagraph(block: string): string {
  const lines = block.split('\n');
  let spoken = false;
  const end = lines.findIndex((line, index) => {
    if (line.trim() !== '') spoken ||= index > 0 || /[:\s]\s*\S+\s+\S/.test(line.trim());
    return spoken && line.trim() === '';
  });
  return (end < 0 ? lines : lines.slice(0, end)).join('\n');
}

/** Without the command line of a program that an address leads to. */
function withoutCommands(text: string): string {
  return text.replace(/"\|[^"\n]{0,500}"/g, ' ');
}

function fallbackReason(evidence: BounceEvidence): ReportReason {
  if (evidence.action === 'delayed') return 'expired';
  return evidence.diagnostic !== '' || evidence.block !== '' ? 'onhold' : 'undefined';
}

function oneLine(text: string): string {
  return text.replace(/[\s\x00-\x1f]+/g, ' ').trim();
}
