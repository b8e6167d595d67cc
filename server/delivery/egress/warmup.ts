// The warm-up of one address at one provider: what a day's figures make of its stage. All of the maths and nothing
// else: no clock, no store. Days are UTC days, `YYYY-MM-DD`, whatever zone a machine is in.
import type { HealthLimit, WarmupCaps, WarmupPolicy } from './warmup-schedule.ts';

export interface WarmupState {
  /** warming: capped by its stage. warmed: no cap. paused: nothing is sent. */
  phase: 'warming' | 'warmed' | 'paused';
  /** Index into the caps. Kept while paused: where it goes on. */
  stage: number;
  /** The first day on which it may send again; null unless paused. */
  pausedUntil: string | null;
  /** How many pauses followed one another, and the day of the last. */
  pauses: number;
  lastPauseOn: string | null;
  /** Figures of days before this are forgiven: they have been paid for with a step back or a pause. */
  measuredFrom: string;
  /** Up to this day, exclusive, days have been judged. */
  rolledTo: string;
  /** Why it is where it is, for people. */
  reason: string | null;
}

/** What went from the address to the provider, by the day of sending. */
export interface DayCounts {
  day: string;
  /** Recipients whose fate a server of the provider told: delivered, bounced or deferred. */
  sent: number;
  delivered: number;
  bounced: number;
  /** Put off for what we are or how fast we are; greylisting and full mailboxes are not among these. */
  throttled: number;
  /** Complaints about what was sent on the day, whenever they came. */
  complained: number;
}

export type WarmupDecision = 'none' | 'grow' | 'finish' | 'stay' | 'back' | 'pause' | 'resume';

export interface WarmupStep {
  state: WarmupState;
  decision: WarmupDecision;
  /** One sentence; '' for none. */
  reason: string;
}

/** The state of an address that begins on a day, at the first stage; or that needs no warm-up. */
export function beginWarmup(today: string, warmed = false): WarmupState {
  return {
    phase: warmed ? 'warmed' : 'warming',
    stage: 0,
    pausedUntil: null,
    pauses: 0,
    lastPauseOn: null,
    measuredFrom: today,
    rolledTo: today,
    reason: null,
  };
}

/** Recipients that may still be begun on a day at this state; null: no cap; 0: none. */
export function capOf(state: WarmupState, caps: WarmupCaps): number | null {
  if (state.phase === 'paused') return 0;
  return state.phase === 'warmed' ? null : (caps[Math.min(state.stage, caps.length - 1)] ?? 0);
}

/**
 * Judges what is known now; to be asked often and at any time. A pause begins at once, whatever the hour; it ends,
 * and stages change, only when a day has ended. Asked twice, the second answer is none. After days in which nobody
 * asked, one step is made at most: what was sent in them was within one cap.
 * @param days counts by day, in any order; days without any may be left out
 * @param today the present day; one before `rolledTo` (a clock set back) changes nothing but may pause
 */
export function stepWarmup(state: WarmupState, days: readonly DayCounts[], today: string, caps: WarmupCaps, policy: WarmupPolicy): WarmupStep {
  if (state.phase === 'paused') return resumeWhenOver(state, today);
  const health = healthOf(state, days, today, policy);
  if (health.level === 'pause') return pause(state, today, caps, policy, health.reason);
  if (today <= state.rolledTo) return { state, decision: 'none', reason: '' };
  const rolled = { ...state, rolledTo: today };
  // Of days that have ended: today's few may look better or worse than they are.
  const ended = healthOf(state, days, addDays(today, -1), policy);
  if (state.phase === 'warmed') return { state: rolled, decision: 'none', reason: '' };
  if (ended.level === 'back' || ended.level === 'pause') return stepBack(rolled, today, caps, ended.reason);
  if (ended.level === 'hold') return stay(rolled, ended.reason);
  if (isForgotten(state, days, today, policy)) return forget(rolled, today, caps, policy);
  return growWhenUsed(rolled, days, today, caps, policy);
}

/** The worse of the days up to `last` together and of that day alone. */
function healthOf(state: WarmupState, days: readonly DayCounts[], last: string, policy: WarmupPolicy): Health {
  const measured = days.filter((day) => day.day >= state.measuredFrom && day.day > addDays(last, -policy.windowDays) && day.day <= last);
  const together = judge(measured, policy.limits);
  const alone = judge(measured.filter((day) => day.day === last && day.sent >= policy.dayAloneFrom), policy.limits);
  return ORDER.indexOf(alone.level) > ORDER.indexOf(together.level) ? alone : together;
}

function resumeWhenOver(state: WarmupState, today: string): WarmupStep {
  if (state.pausedUntil !== null && today < state.pausedUntil) return { state, decision: 'none', reason: '' };
  const reason = `The pause is over; goes on at stage ${state.stage + 1}.`;
  return { state: { ...state, phase: 'warming', pausedUntil: null, measuredFrom: today, rolledTo: today, reason }, decision: 'resume', reason };
}

function pause(state: WarmupState, today: string, caps: WarmupCaps, policy: WarmupPolicy, cause: string): WarmupStep {
  const calm = state.lastPauseOn === null || addDays(state.lastPauseOn, policy.calmDays) <= today;
  const pauses = calm ? 1 : state.pauses + 1;
  const pauseDays = policy.pauseDays[Math.min(pauses, policy.pauseDays.length) - 1] ?? 1;
  // The day that is under way is lost in any case.
  const until = addDays(today, pauseDays + 1);
  const from = state.phase === 'warmed' ? caps.length : state.stage;
  const reason = `${cause} Paused until ${until}.`;
  return {
    state: { ...state, phase: 'paused', stage: Math.max(0, from - policy.pauseStages), pausedUntil: until, pauses, lastPauseOn: today, rolledTo: today, reason },
    decision: 'pause',
    reason,
  };
}

function stepBack(state: WarmupState, today: string, caps: WarmupCaps, cause: string): WarmupStep {
  const stage = Math.max(0, state.stage - 1);
  const reason = `${cause} Back to ${caps[stage]} a day.`;
  return { state: { ...state, stage, measuredFrom: today, reason }, decision: 'back', reason };
}

function stay(state: WarmupState, reason: string): WarmupStep {
  return { state: { ...state, reason }, decision: 'stay', reason };
}

function isForgotten(state: WarmupState, days: readonly DayCounts[], today: string, policy: WarmupPolicy): boolean {
  const since = addDays(today, -policy.idleDays);
  return state.stage > 0 && state.measuredFrom <= since && !days.some((day) => day.sent > 0 && day.day >= since);
}

function forget(state: WarmupState, today: string, caps: WarmupCaps, policy: WarmupPolicy): WarmupStep {
  const stage = Math.floor(state.stage / 2);
  const reason = `Nothing sent for ${policy.idleDays} days. Back to ${caps[stage]} a day.`;
  return { state: { ...state, stage, measuredFrom: today, reason }, decision: 'back', reason };
}

function growWhenUsed(state: WarmupState, days: readonly DayCounts[], today: string, caps: WarmupCaps, policy: WarmupPolicy): WarmupStep {
  const cap = caps[Math.min(state.stage, caps.length - 1)] ?? 0;
  const sent = days.find((day) => day.day === addDays(today, -1))?.sent ?? 0;
  if (sent < cap * policy.usedShare) return stay(state, `Only ${sent} of ${cap} were used.`);
  const stage = state.stage + 1;
  if (stage >= caps.length) {
    const reason = 'Warm: no cap any more.';
    return { state: { ...state, phase: 'warmed', stage, reason }, decision: 'finish', reason };
  }
  const reason = `Healthy, and ${sent} of ${cap} were used: ${caps[stage]} a day.`;
  return { state: { ...state, stage, reason }, decision: 'grow', reason };
}

export interface Health {
  level: 'healthy' | 'hold' | 'back' | 'pause';
  /** What it comes from; '' when healthy. */
  reason: string;
}
const ORDER: readonly Health['level'][] = ['healthy', 'hold', 'back', 'pause'];

/** The worst level that any limit gives, and why. */
export function judge(days: readonly DayCounts[], limits: readonly HealthLimit[]): Health {
  const sum = (field: Exclude<keyof DayCounts, 'day'>): number => days.reduce((total, day) => total + day[field], 0);
  let worst: Health = { level: 'healthy', reason: '' };
  for (const limit of limits) {
    const count = sum(limit.measure);
    const of = sum(limit.of);
    if (count < limit.atLeast) continue;
    // Complaints about mail of forgiven days may outnumber what was delivered since.
    const rate = count / Math.max(of, 1);
    const level: Health['level'] = rate >= limit.pause ? 'pause' : rate >= limit.back ? 'back' : rate >= limit.hold ? 'hold' : 'healthy';
    if (ORDER.indexOf(level) > ORDER.indexOf(worst.level)) {
      worst = { level, reason: `${count} of ${of} ${limit.of} were ${WORDS[limit.measure]} (${percent(rate)}).` };
    }
  }
  return worst;
}

const WORDS: Record<HealthLimit['measure'], string> = { complained: 'complained about', bounced: 'refused', throttled: 'throttled' };
const percent = (rate: number): string => `${(rate * 100).toFixed(rate < 0.01 ? 2 : 1)} %`;

const DAY_MS = 86_400_000;

/** The day `count` days after (before, when negative) a day. */
export function addDays(day: string, count: number): string {
  return utcDay(new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS));
}

/** The UTC day of a moment. */
export function utcDay(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
