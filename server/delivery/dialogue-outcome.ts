// From what an SMTP dialogue gave, or that there was none, to the outcome for a recipient. Pure; the meaning of
// replies is server/mail/classify-reply.ts, and permanence always needs a rule.
import { classifyReply } from '../mail/classify-reply.ts';
import type { SmtpCommand } from '../mail/reply-rules.ts';
import { formatReply } from '../mail/smtp-reply.ts';
import { type BackoffPolicy, retryAfterMs } from './backoff.ts';
import type { ClaimedDelivery } from './claim.store.ts';
import type { AttemptFacts, Outcome, OutcomeCategory } from './outcome.ts';
import type { RouteFault } from './route.ts';
import type { NoConnection } from './smtp/connection-pool.ts';
import type { RecipientResult, TransactionPhase } from './smtp/transact.ts';

export interface OutcomeContext {
  delivery: ClaimedDelivery;
  backoff: BackoffPolicy;
  /** From 0 up to 1. */
  random(): number;
}

/** Which address it went out from, to which provider (empty for the installation's own), and where it is kept what was said. */
export type SentFrom = Pick<AttemptFacts, 'egress' | 'provider' | 'conversation'>;

/** What a session was, for the event. */
export interface SessionFacts extends SentFrom {
  mxHost: string;
  remoteAddress: string;
  tls: string | false;
  offersDsn: boolean;
}

/** Puts the delivery off; or, when its time or attempts are used up, expires it. */
export function deferOrExpire(context: OutcomeContext, category: OutcomeCategory, reason: string, facts: AttemptFacts): Outcome {
  const { delivery, backoff } = context;
  if (delivery.lastChance) return { kind: 'expired', category: 'expired', reason: `Not delivered in time. Last: ${reason}`, facts };
  if (delivery.attempts >= backoff.maxAttempts) {
    return { kind: 'expired', category: 'expired', reason: `Not delivered in ${delivery.attempts} attempts. Last: ${reason}`, facts };
  }
  return { kind: 'deferred', category, reason, facts, retryAfterMs: retryAfterMs(backoff, delivery.attempts, context.random()) };
}

/** RFC 1870 6.2, RFC 6531 3.2, RFC 6152 3 with RFC 3463 3.7, RFC 8689 4.2.1. */
const UNSUPPORTED = {
  SIZE: { category: 'mesgtoobig', enhancedCode: '5.3.4' },
  SMTPUTF8: { category: 'smtputf8', enhancedCode: '5.6.7' },
  '8BITMIME': { category: 'notcompliantrfc', enhancedCode: '5.6.3' },
  REQUIRETLS: { category: 'tls', enhancedCode: '5.7.30' },
} as const;

/** The same words mean another thing where they answer another command. */
const COMMANDS: Record<TransactionPhase, SmtpCommand> = { mail: 'MAIL', rcpt: 'RCPT', data: 'DATA', 'end-of-data': 'DATA' };

/** The outcome of a transaction for one recipient. */
export function transactionOutcome(context: OutcomeContext, result: RecipientResult, session: SessionFacts): Outcome {
  const { offersDsn, ...facts }: SessionFacts = session;
  switch (result.kind) {
    case 'broken': {
      const doubt = result.phase === 'end-of-data' ? ' It may have been accepted: the reply was lost.' : '';
      return deferOrExpire(context, 'connection', `The connection to ${session.mxHost} broke (${result.reason}).${doubt}`, { ...facts, phase: result.phase });
    }
    case 'unsupported': {
      const { category, enhancedCode } = UNSUPPORTED[result.extension];
      return { kind: 'bounced', category, reason: `Not sent: ${result.detail}.`, addressDead: false, facts: { ...facts, enhancedCode, phase: 'mail' } };
    }
    case 'replied': {
      const { reply, phase } = result;
      const withReply: AttemptFacts = { ...facts, phase, reply: formatReply(reply), ...(reply.enhancedCode ? { enhancedCode: reply.enhancedCode } : {}) };
      if (phase === 'end-of-data' && reply.code >= 200 && reply.code < 300) {
        const receipt = context.delivery.notify?.includes('SUCCESS') === true && !offersDsn;
        return { kind: 'delivered', facts: withReply, relayReceipt: receipt };
      }
      const meaning = classifyReply(reply, session.mxHost, COMMANDS[phase]);
      // What answers MAIL is about the sender.
      const addressDead = meaning.addressDead && phase !== 'mail';
      const reason = `${session.mxHost} said: ${withReply.reply}`;
      if (meaning.disposition === 'bounced') return { kind: 'bounced', category: meaning.category, reason, addressDead, facts: withReply };
      return deferOrExpire(context, meaning.category, reason, withReply);
    }
  }
}

/** The outcome when no session could be had. */
export function noConnectionOutcome(context: OutcomeContext, why: Exclude<NoConnection, { kind: 'closing' | 'limited' }>, sentFrom: SentFrom): Outcome {
  if (why.kind === 'route-fault') return routeFaultOutcome(context, why.fault);
  const facts: AttemptFacts = { ...sentFrom, mxHost: why.host, remoteAddress: why.address, phase: why.phase };
  if (why.kind === 'unreachable' && why.phase === 'tls') {
    // RFC 8461 4.2, RFC 7672 2.2: not in clear, and not for good either. 4.7.5: cryptographic failure (RFC 3463).
    return deferOrExpire(context, 'tls', `No connection to ${why.host} as secure as it must be: ${why.reason}.`, { ...facts, enhancedCode: '4.7.5' });
  }
  if (why.kind === 'unreachable') {
    return deferOrExpire(context, 'connection', `No mail connection to ${why.host}: ${why.reason} (${why.phase}).`, facts);
  }
  const reply = formatReply(why.reply);
  const withReply: AttemptFacts = { ...facts, reply, ...(why.reply.enhancedCode ? { enhancedCode: why.reply.enhancedCode } : {}) };
  const meaning = classifyReply(why.reply, why.host, why.phase === 'ehlo' ? 'EHLO' : 'CONN');
  const reason = `${why.host} refused the connection: ${reply}`;
  // A greeting says nothing of the recipient: 5xx there ends it only where the host says that it takes no mail at all.
  if (why.reply.code === 521 || why.reply.code === 556) {
    return { kind: 'bounced', category: 'notaccept', reason, addressDead: false, facts: withReply };
  }
  return deferOrExpire(context, meaning.category, reason, withReply);
}

/** The outcome when the route itself could not be found. */
export function routeFaultOutcome(context: OutcomeContext, fault: RouteFault): Outcome {
  if (fault.kind === 'unknown') return deferOrExpire(context, fault.category, fault.reason, { phase: 'dns' });
  const addressDead = fault.category === 'hostunknown' || fault.category === 'notaccept';
  return { kind: 'bounced', category: fault.category, reason: fault.reason, addressDead, facts: { phase: 'dns', enhancedCode: fault.enhancedCode } };
}
