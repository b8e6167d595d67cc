// What reports do, as data: the event that each tells of, and the suppression that follows from it. Data only.
import type { SuppressionReason } from '../suppression/suppression-rules.ts';

export interface EffectRule {
  /** Type of the event in delivery_event. */
  event: string;
  why: string;
  /** Only where the report is proven to be about the one recipient. */
  suppression: SuppressionReason | null;
}

export const FEEDBACK_EFFECTS = {
  bouncedDead: { event: 'bounced-later', why: 'taken over, then reported as undeliverable: the address is dead', suppression: 'bounce' },
  bounced: { event: 'bounced-later', why: 'taken over, then reported as undeliverable', suppression: null },
  delayed: { event: 'delayed-later', why: 'taken over; the report says that it is still waiting there', suppression: null },
  confirmed: { event: 'confirmed', why: 'a report says that it was delivered, relayed or expanded', suppression: null },
  autoreplied: { event: 'autoreplied', why: 'an automatic reply came back: delivered, no bounce', suppression: null },
  complained: { event: 'complained', why: 'the recipient or its provider complained', suppression: 'complaint' },
  optedOut: { event: 'complained', why: 'the recipient asked for no more by way of its provider', suppression: 'unsubscribe' },
  infected: { event: 'complained', why: 'the provider says that the message carries malware: about the sender, not the recipient', suppression: null },
  notSpam: { event: 'complaint-withdrawn', why: 'the recipient says that it was no spam', suppression: null },
} as const satisfies Record<string, EffectRule>;

export type EffectName = keyof typeof FEEDBACK_EFFECTS;

/** RFC 5965 7.3 and the types registered since; any other is a complaint. `auth-failure` is a DMARC failure report. */
export const COMPLAINT_EFFECTS: Record<string, EffectName> = {
  abuse: 'complained', fraud: 'complained', other: 'complained', 'opt-out': 'optedOut', 'opt-out-list': 'optedOut', virus: 'infected', 'not-spam': 'notSpam',
};
