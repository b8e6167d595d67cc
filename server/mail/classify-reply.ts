// What a reply that refuses or puts off means for a recipient: applies the table in reply-rules.ts.
import { CODE_RULES } from './reply-rules-codes.ts';
import { DEAD_ADDRESS, REPLY_RULES, type ReplyCategory, type ReplyRule, SENDER_FAULT, type SmtpCommand } from './reply-rules.ts';
import type { SmtpReply } from './smtp-reply.ts';

export interface ReplyMeaning {
  /** bounced: give up; deferred: try again later. */
  disposition: 'deferred' | 'bounced';
  category: ReplyCategory;
  /** The address is dead for good and may be suppressed. Never for refusals of policy or reputation. */
  addressDead: boolean;
  /** It is about the sender, its address or its content, and says nothing of the recipient. */
  senderFault: boolean;
}

/** The rest of a long reply adds nothing to what it means. */
const MAX_TEXT = 2_000;

/**
 * Classifies a 4xx or 5xx reply; anything else (a 2xx or 3xx out of place) is the other server's fault and a
 * deferral. Permanent only where the code, or a rule, says so.
 * @param mxHost the host that said it, for provider rules
 * @param command what it answered, or null when that isn't known
 */
export function classifyReply(reply: SmtpReply, mxHost = '', command: SmtpCommand | null = 'RCPT'): ReplyMeaning {
  const rule = decidingRule(reply, mxHost, command);
  const category = rule?.category ?? 'undefined';
  const disposition = rule?.disposition ?? (reply.code >= 500 ? 'bounced' : 'deferred');
  return {
    disposition,
    category,
    addressDead: disposition === 'bounced' && DEAD_ADDRESS.has(category),
    senderFault: SENDER_FAULT.has(category),
  };
}

const FROM_CODES_ALONE: ReadonlySet<ReplyRule> = new Set(CODE_RULES);

/** The first rule that matches, or undefined. Parameters as for classifyReply. */
export function decidingRule(reply: SmtpReply, mxHost: string, command: SmtpCommand | null): ReplyRule | undefined {
  // Postfix says this before any reason, also where the reason is nothing about the address.
  const text = reply.text.slice(0, MAX_TEXT).replaceAll('\n', ' ').replace(/recipient address rejected: (?!access denied|undeliverable)/i, '');
  return REPLY_RULES.find((candidate) => applies(candidate, reply, text, mxHost, command));
}

/** True for a rule that read no text: words found elsewhere may know better. */
export function isFromCodesAlone(rule: ReplyRule): boolean {
  return FROM_CODES_ALONE.has(rule);
}

function applies(rule: ReplyRule, reply: SmtpReply, text: string, mxHost: string, command: SmtpCommand | null): boolean {
  if (rule.command && !(command && rule.command.includes(command))) return false;
  if (rule.code && !rule.code.test(String(reply.code))) return false;
  if (rule.enhancedCode && !(reply.enhancedCode && rule.enhancedCode.test(reply.enhancedCode))) return false;
  if (rule.mxHost && !rule.mxHost.test(mxHost)) return false;
  return rule.text === undefined || rule.text.test(text);
}
