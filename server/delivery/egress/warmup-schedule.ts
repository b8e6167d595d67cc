// What a new address may send: by stage, so many recipients a day and provider; and what counts as healthy. Data, and
// the reading of an operator's own schedule. Pure.
import { PROVIDER_GROUPS, type ProviderGroup } from '../provider-group.ts';

/** Recipients a day by stage, rising; after the last stage there is no cap. A stage lasts a day or longer. */
export type WarmupCaps = readonly number[];

/** An operator's own, by provider; `*` is for the others. */
export type WarmupSchedule = Partial<Record<ProviderGroup | '*', WarmupCaps>>;

/**
 * Thirty stages: four and a half weeks for who sends enough every day. Steps are 1.3 to 2 times the day before, which
 * is what the large providers advise and the common commercial plans do.
 */
export const DEFAULT_CAPS: WarmupCaps = [
  50, 100, 150, 200, 300, 400, 600, 800, 1_000, 1_500,
  2_000, 3_000, 4_000, 5_000, 7_000, 10_000, 14_000, 20_000, 28_000, 40_000,
  55_000, 75_000, 100_000, 140_000, 200_000, 275_000, 375_000, 500_000, 700_000, 1_000_000,
];

/** Providers that are quicker to throttle an unknown address begin lower: a share of the default caps. */
const CAUTION: Partial<Record<ProviderGroup, number>> = { microsoft: 0.5, yahoo: 0.5, apple: 0.5, gmx: 0.5, tonline: 0.4, orange: 0.4 };

/** The caps of a provider: the operator's for it, the operator's `*`, or the default. */
export function capsFor(schedule: WarmupSchedule | null, provider: ProviderGroup): WarmupCaps {
  return schedule?.[provider] ?? schedule?.['*'] ?? defaultCaps.get(provider)!;
}

const defaultCaps: ReadonlyMap<ProviderGroup, WarmupCaps> = new Map(
  PROVIDER_GROUPS.map((provider) => [provider, DEFAULT_CAPS.map((cap) => Math.round(cap * (CAUTION[provider] ?? 1)))]),
);

export interface HealthLimit {
  measure: 'complained' | 'bounced' | 'throttled';
  /** What the rate is a share of. */
  of: 'sent' | 'delivered';
  /** From this rate on: no growth; a stage back; a pause. */
  hold: number;
  back: number;
  pause: number;
  /** Fewer of them are no rate. */
  atLeast: number;
}

/**
 * Google asks for complaints under 0.1 % and calls 0.3 % the end of inbox placement; bounces above 5 % are what lists
 * of dead addresses give; throttled are the replies that are about us (rate, reputation, policy), not greylisting.
 */
export const HEALTH_LIMITS: readonly HealthLimit[] = [
  { measure: 'complained', of: 'delivered', hold: 0.001, back: 0.002, pause: 0.003, atLeast: 2 },
  { measure: 'bounced', of: 'sent', hold: 0.03, back: 0.05, pause: 0.1, atLeast: 5 },
  { measure: 'throttled', of: 'sent', hold: 0.1, back: 0.2, pause: 0.5, atLeast: 10 },
];

export interface WarmupPolicy {
  limits: readonly HealthLimit[];
  /** Rates are taken over so many days together, for few messages make no rate in one … */
  windowDays: number;
  /** … and over a day alone when it had so many, or the good days before would hide it. */
  dayAloneFrom: number;
  /** A cap grows only when this share of it was used: mail that was not sent proves nothing. */
  usedShare: number;
  /** Whole days that the first, second, … pause lasts. */
  pauseDays: readonly number[];
  /** After so many days without one, the next pause is a first one again. */
  calmDays: number;
  /** How many stages a pause costs. */
  pauseStages: number;
  /** Providers forget an address that has not sent for so long; half of the stages are gone then. */
  idleDays: number;
}

export const DEFAULT_WARMUP_POLICY: WarmupPolicy = {
  limits: HEALTH_LIMITS,
  windowDays: 3,
  dayAloneFrom: 100,
  usedShare: 0.5,
  pauseDays: [1, 2, 4, 7],
  calmDays: 14,
  pauseStages: 2,
  idleDays: 30,
};

/**
 * Reads `50,100,500` (for all providers) or `google=50,100,500`, as the command line gives them.
 * @returns the schedule, or the rule that an entry breaks
 */
export function parseSchedule(entries: readonly string[]): { kind: 'schedule'; schedule: WarmupSchedule } | { kind: 'invalid'; rule: string } {
  const schedule: WarmupSchedule = {};
  for (const entry of entries) {
    const [, name = '*', list = ''] = /^(?:([^=]+)=)?(.*)$/.exec(entry) ?? [];
    if (name !== '*' && !PROVIDER_GROUPS.includes(name as ProviderGroup)) {
      return { kind: 'invalid', rule: `"${name}" is no provider; there are ${PROVIDER_GROUPS.join(', ')}` };
    }
    const caps = list.split(',').map((text) => Number(text.trim() || Number.NaN));
    if (!caps.every((cap) => Number.isInteger(cap) && cap >= 1 && cap <= 1_000_000_000)) {
      return { kind: 'invalid', rule: `"${entry}": whole numbers from 1, separated by commas, expected` };
    }
    if (caps.some((cap, stage) => stage > 0 && cap < caps[stage - 1]!)) return { kind: 'invalid', rule: `"${entry}": caps must not fall from one stage to the next` };
    schedule[name as ProviderGroup | '*'] = caps;
  }
  return { kind: 'schedule', schedule };
}
