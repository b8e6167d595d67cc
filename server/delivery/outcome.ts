// The outcomes of one attempt for one recipient: the union that deliver() returns and outcome.store writes.
import type { ReplyCategory } from '../mail/reply-rules.ts';
import type { ClaimedDelivery } from './claim.store.ts';
import type { ProviderGroup } from './provider-group.ts';

/** What was seen of the remote side; kept in the event. */
export interface AttemptFacts {
  mxHost?: string;
  remoteAddress?: string;
  /** The id of the address that it went out from, and the provider that it went to; absent: the installation's own. */
  egress?: string;
  provider?: ProviderGroup;
  /** It was at the simulator: it tells nothing of an address or of us. */
  simulated?: true;
  /** `TLSv1.3`, or false when the message went in clear. */
  tls?: string | false;
  /** The decisive reply on one line. */
  reply?: string;
  enhancedCode?: string;
  /** Where the dialogue ended: connect, greeting, mail, rcpt, data, end-of-data … */
  phase?: string;
  durationMs?: number;
  /** Where what was said is kept: conversation-log.ts. */
  conversation?: string;
}

/** Categories beyond what a reply can say. */
export type OutcomeCategory = ReplyCategory | 'dns' | 'tls' | 'connection' | 'internal' | 'suppressed' | 'operator' | 'loop' | 'smtputf8';

interface Refusal {
  category: OutcomeCategory;
  /** One sentence for people; it is what the queue view and the DSN say. */
  reason: string;
  facts: AttemptFacts;
}

export type Outcome =
  /** The remote server answered the end of data with 2xx. `relayReceipt`: it cannot send the success DSN that was asked for. */
  | { kind: 'delivered'; facts: AttemptFacts; relayReceipt: boolean }
  | ({ kind: 'deferred'; retryAfterMs: number } & Refusal)
  | ({ kind: 'bounced'; addressDead: boolean } & Refusal)
  | ({ kind: 'expired' } & Refusal)
  | { kind: 'held'; reason: string }
  /** Not tried: a limit says not now. No attempt is counted. `reason` is what the queue view says. */
  | { kind: 'throttled'; scope: string; reason: string; retryAfterMs: number };

export interface DeliveryOutcome {
  delivery: ClaimedDelivery;
  outcome: Outcome;
}
