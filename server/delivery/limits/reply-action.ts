// From a reply to what it asks of the pace: the first rule of the table that matches. Pure.
import { formatReply, type SmtpReply } from '../../mail/smtp-reply.ts';
import type { ReplyAction, ShapingRules } from './shaping-rules.ts';

export interface PaceAction {
  action: ReplyAction;
  /** For suspend and other-address; otherwise 0. */
  forMs: number;
}

/**
 * @param site the name of the site's rule
 * @param to what the reply was to: the connection itself, where 421 means that it takes no more of them; or, on a kept
 *   session, maybe just its end, where 421 alone means nothing
 * @returns null when the reply says nothing about pace
 */
export function paceAction(rules: ShapingRules, site: string, reply: SmtpReply, to: { refusedConnection?: boolean; mayBeClosing?: boolean }): PaceAction | null {
  if (reply.code < 400) return null;
  const code = String(reply.code);
  const whole = formatReply(reply);
  for (const rule of rules.replies) {
    if (rule.site !== undefined && rule.site !== site) continue;
    if (rule.code && !rule.code.test(code)) continue;
    if (rule.enhancedCode && !rule.enhancedCode.test(reply.enhancedCode ?? '')) continue;
    if (rule.text && !rule.text.test(whole)) continue;
    return { action: rule.action, forMs: rule.for ?? 0 };
  }
  // RFC 5321 3.8: 421 closes the channel. Where nothing else is said, it is too much of something.
  if (reply.code === 421 && !to.mayBeClosing) return { action: to.refusedConnection ? 'fewer-connections' : 'slower', forMs: 0 };
  return null;
}
