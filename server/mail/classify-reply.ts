// What a reply that refuses or puts off means for a recipient: applies the table in reply-rules.ts.
import { DEAD_ADDRESS, REPLY_RULES, type ReplyCategory, type ReplyRule, SENDER_FAULT } from './reply-rules.ts';
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

/**
 * Classifies a 4xx or 5xx reply; anything else (a 2xx or 3xx out of place) is the other server's fault and a
 * deferral. Permanent only where the code, or a rule, says so.
 * @param mxHost the host that said it, for provider rules
 */
export function classifyReply(reply: SmtpReply, mxHost = ''): ReplyMeaning {
  const rule = REPLY_RULES.find((candidate) => applies(candidate, reply, mxHost));
  const category = rule?.category ?? 'undefined';
  const disposition = rule?.disposition ?? (reply.code >= 500 ? 'bounced' : 'deferred');
  return {
    disposition,
    category,
    addressDead: disposition === 'bounced' && DEAD_ADDRESS.has(category),
    senderFault: SENDER_FAULT.has(category),
  };
}

function applies(rule: ReplyRule, reply: SmtpReply, mxHost: string): boolean {
  if (rule.code && !rule.code.test(String(reply.code))) return false;
  if (rule.enhancedCode && !(reply.enhancedCode && rule.enhancedCode.test(reply.enhancedCode))) return false;
  if (rule.mxHost && !rule.mxHost.test(mxHost)) return false;
  return rule.text === undefined || rule.text.test(reply.text.replaceAll('\n', ' '));
}
