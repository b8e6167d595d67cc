// Why addresses are suppressed, as data: how long each reason holds and which mail it stops (decision 0121).
import type { EnqueueSource } from '../enqueue-types.ts';

/** A closed list in code; rows of other reasons (imported, say) stop everything. */
export type SuppressionReason = 'bounce' | 'complaint' | 'unsubscribe' | 'manual';

export interface SuppressionRule {
  /** Days until it ends by itself; null: never. */
  days: number | null;
  /** The same where a person's own message caused it. */
  daysFromPeople: number | null;
  /** It is about bulk mail: what a person of the tenant writes still goes. */
  sparesPeople: boolean;
  /** It stops the marketing lane only. */
  marketingOnly: boolean;
  /** For people, after "the address is on the suppression list: ". */
  text: string;
}

export const SUPPRESSION_RULES: Record<SuppressionReason, SuppressionRule> = {
  // Servers err while mailboxes move: what a person writes may be tried again tomorrow, bulk mail may not.
  bounce: { days: 180, daysFromPeople: 1, sparesPeople: false, marketingOnly: false, text: 'its server said that it takes no mail' },
  complaint: { days: null, daysFromPeople: null, sparesPeople: true, marketingOnly: false, text: 'its owner complained about earlier mail' },
  unsubscribe: { days: null, daysFromPeople: null, sparesPeople: true, marketingOnly: true, text: 'its owner unsubscribed' },
  manual: { days: null, daysFromPeople: null, sparesPeople: false, marketingOnly: false, text: 'it was put there by the operator' },
};

/** Mail that persons write or have forwarded, and reports to them. */
export const PEOPLES_SOURCES: readonly EnqueueSource[] = ['web', 'submission', 'forward', 'dsn'];

export const isFromPeople = (source: EnqueueSource): boolean => PEOPLES_SOURCES.includes(source);

/** The end of a suppression that begins at `now`; null: never. */
export function suppressionEnd(reason: SuppressionReason, source: EnqueueSource, now: Date): Date | null {
  const rule = SUPPRESSION_RULES[reason];
  const days = isFromPeople(source) ? rule.daysFromPeople : rule.days;
  return days === null ? null : new Date(now.getTime() + days * 86_400_000);
}

/** What a sender is told of a suppressed recipient. */
export function suppressionText(reason: string): string {
  const known = Object.hasOwn(SUPPRESSION_RULES, reason) ? SUPPRESSION_RULES[reason as SuppressionReason].text : reason;
  return `the address is on the suppression list: ${known}`;
}
