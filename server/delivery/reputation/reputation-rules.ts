// When rates become a matter of reputation, as data (decision 0122): thresholds by what is measured, over which window,
// from which volume on. Bounces and complaints at the levels at which large providers act.

export type ReputationScope = 'tenant' | 'domain' | 'lane' | 'egress';
export type ReputationLevel = 'warn' | 'slow' | 'pause';
/** Of what was tried and ended: bounce. Of what was delivered: complaint. Of all replies: deferral. */
export type ReputationMeasure = 'bounce' | 'complaint' | 'deferral';

export interface ReputationRule {
  scope: ReputationScope;
  measure: ReputationMeasure;
  level: ReputationLevel;
  /** A rate from 0 to 1; the rule holds above it. */
  above: number;
  windowHours: number;
  /** What the rate is of must be so many: few messages say little. */
  minVolume: number;
  /** And so many must have bounced, complained or been put off. */
  minCount: number;
}

const DAY = 24;
const WEEK = 7 * 24;

export const REPUTATION_RULES: readonly ReputationRule[] = [
  ...(['tenant', 'domain', 'lane'] as const).flatMap((scope): ReputationRule[] => [
    { scope, measure: 'bounce', level: 'warn', above: 0.05, windowHours: DAY, minVolume: 100, minCount: 10 },
    { scope, measure: 'bounce', level: 'slow', above: 0.075, windowHours: DAY, minVolume: 200, minCount: 20 },
    { scope, measure: 'bounce', level: 'pause', above: 0.1, windowHours: DAY, minVolume: 500, minCount: 50 },
    { scope, measure: 'complaint', level: 'warn', above: 0.001, windowHours: WEEK, minVolume: 1_000, minCount: 3 },
    { scope, measure: 'complaint', level: 'slow', above: 0.002, windowHours: WEEK, minVolume: 1_000, minCount: 4 },
    { scope, measure: 'complaint', level: 'pause', above: 0.003, windowHours: WEEK, minVolume: 1_000, minCount: 6 },
  ]),
  // An address of ours serves many: it goes slower and is never stopped by a rule.
  { scope: 'egress', measure: 'bounce', level: 'warn', above: 0.05, windowHours: DAY, minVolume: 500, minCount: 50 },
  { scope: 'egress', measure: 'bounce', level: 'slow', above: 0.1, windowHours: DAY, minVolume: 1_000, minCount: 100 },
  { scope: 'egress', measure: 'complaint', level: 'slow', above: 0.003, windowHours: DAY, minVolume: 2_000, minCount: 10 },
  { scope: 'egress', measure: 'deferral', level: 'warn', above: 0.2, windowHours: 1, minVolume: 200, minCount: 50 },
  { scope: 'egress', measure: 'deferral', level: 'slow', above: 0.5, windowHours: 1, minVolume: 200, minCount: 100 },
];

/** A tenant paused by a rule sends again by itself after so long, and is measured anew from then. */
export const PAUSE_HOURS = 24;

/** The share of its usual speed that a level leaves. */
export const LEVEL_SPEED: Record<ReputationLevel, number> = { warn: 1, slow: 0.25, pause: 0 };

export interface ReputationCounts {
  accepted: number;
  delivered: number;
  deferred: number;
  bounced: number;
  complained: number;
}

/** `count` of `volume` and their rate; 0 where nothing was tried. */
export function rateOf(measure: ReputationMeasure, counts: ReputationCounts): { count: number; volume: number; rate: number } {
  const { delivered, deferred, bounced, complained } = counts;
  const [count, volume] = { bounce: [bounced, delivered + bounced], complaint: [complained, delivered], deferral: [deferred, delivered + deferred + bounced] }[measure] as [number, number];
  return { count, volume, rate: volume === 0 ? 0 : count / volume };
}

const SEVERITY: Record<ReputationLevel, number> = { warn: 1, slow: 2, pause: 3 };

export interface Finding {
  level: ReputationLevel;
  /** One sentence for people. */
  reason: string;
}

/**
 * The worst level that rules give a subject, with its reason; null when none holds.
 * @param countsOf the sums of the last so many hours
 */
export function judge(rules: readonly ReputationRule[], scope: ReputationScope, countsOf: (windowHours: number) => ReputationCounts): Finding | null {
  let worst: Finding | null = null;
  for (const rule of rules) {
    if (rule.scope !== scope || (worst && SEVERITY[worst.level] >= SEVERITY[rule.level])) continue;
    const { count, volume, rate } = rateOf(rule.measure, countsOf(rule.windowHours));
    if (rate <= rule.above || volume < rule.minVolume || count < rule.minCount) continue;
    worst = { level: rule.level, reason: `${rule.measure} rate ${percent(rate)} (${count} of ${volume}) in ${rule.windowHours} h, above ${percent(rule.above)}` };
  }
  return worst;
}

/** `12.3 %`, small ones with two digits after the point. */
export function percent(rate: number): string {
  const value = rate * 100;
  return `${Number(value.toFixed(value < 1 ? 2 : 1))} %`;
}
