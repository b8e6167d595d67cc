// What has been learnt about one egress address at one site: a rate below the configured one, a cap of connections,
// a stop with its end and reason. How replies change it and how it eases back is here, as functions of the time; where
// it is kept is limit-store.ts. Pure.

export interface Stop {
  /** suspended: a rule says so. pause: it had enough for the moment. */
  kind: 'suspended' | 'pause';
  /** Milliseconds since the epoch, by the store's clock. */
  until: number;
  lengthMs: number;
  /** In a long pause single messages find out whether it is over; null: none. */
  probeAt: number | null;
  reason: string;
}

export interface SiteState {
  /** Learnt: messages a minute; null: the configured rate, if any, is all. */
  perMinute: number | null;
  /** At which rate the site last objected, and when. */
  objectedPerMinute: number | null;
  objectedAt: number;
  /** The first objection tells of no rate when it was to a burst whose window is shorter than a minute: then it is only a guess. */
  guess: 'no' | 'maybe' | 'yes';
  changedAt: number;
  /** Tries beyond the rate objected to that were objected to as well: each makes the next wait longer. */
  failedRises: number;
  connections: number | null;
  connectionsChangedAt: number;
  stop: Stop | null;
  /** Why it is slower; for people. */
  reason: string | null;
}

export const FRESH_STATE: SiteState = {
  perMinute: null, objectedPerMinute: null, objectedAt: 0, guess: 'no', changedAt: 0, failedRises: 0,
  connections: null, connectionsChangedAt: 0, stop: null, reason: null,
};

export interface Measured {
  now: number;
  /** Messages that the site took over from this egress, in twelve spans of 5 s; the first is the running one. */
  accepted: readonly number[];
}

export const SPAN_MS = 5_000;
export const SPANS = 12;
const MINUTE_MS = 60_000;
/** Below what was objected to, by so much: a site that counts to the message must not be met exactly. */
const BELOW = 0.95;
const PLATEAU = 0.97;
const AGAIN = 0.82;
/** Replies to what was on its way when the first objection came tell nothing new. */
const SETTLE_MS = 2_000;
const MAX_PAUSE_MS = 15 * MINUTE_MS;
const FIRST_RISE_AFTER_MS = 10 * MINUTE_MS;
const PROBE_FIRST_MS = 2_000;

const sum = (spans: readonly number[]): number => spans.reduce((total, count) => total + count, 0);

/** Milliseconds until no more than `most` of what was accepted lies in the trailing minute. */
function untilBelow(accepted: readonly number[], most: number): number {
  for (let spans = 0; spans < SPANS; spans++) if (sum(accepted.slice(0, SPANS - spans)) <= most) return spans * SPAN_MS;
  return MINUTE_MS;
}

function paused(state: SiteState, now: number, lengthMs: number, reason: string): SiteState {
  const length = Math.min(lengthMs, MAX_PAUSE_MS);
  // A suspension by rule is longer and stronger.
  if (state.stop?.kind === 'suspended' && state.stop.until > now) return state;
  const probeAt = length > 4 * SPAN_MS ? now + PROBE_FIRST_MS : null;
  return { ...state, stop: { kind: 'pause', until: now + length, lengthMs: length, probeAt, reason } };
}

/**
 * The site said "too many messages": what it took in the last minute is what it takes; a little less from now on,
 * after a pause in which its window moves on.
 */
export function objectToRate(state: SiteState, measured: Measured, reason: string): SiteState {
  const { now, accepted } = measured;
  const lastMinute = sum(accepted);
  if (now - state.objectedAt < SETTLE_MS) return state;
  const since = now - state.objectedAt;
  const base = { ...state, objectedAt: now, reason };
  const again = state.stop?.kind === 'pause' ? Math.min(state.stop.lengthMs * 2, MAX_PAUSE_MS) : 2 * SPAN_MS;
  // A failed probe, or hardly anything taken since: the same objection still. It only lasts longer than thought.
  if (state.stop?.kind === 'pause' && state.stop.until > now) {
    const spent = now - (state.stop.until - state.stop.lengthMs);
    return { ...base, stop: { ...state.stop, probeAt: spent * 2 < state.stop.lengthMs ? now + Math.max(PROBE_FIRST_MS, spent) : null } };
  }
  if (lastMinute < 3) return paused(base, now, Math.max(again, MINUTE_MS), reason);
  if (state.perMinute !== null && state.guess !== 'yes' && since < MINUTE_MS && lastMinute < 0.3 * state.perMinute) return paused(base, now, again, reason);

  let took = lastMinute;
  if (state.perMinute !== null) {
    const best = accepted.slice(0, 5).sort((a, b) => b - a)[2]! * (MINUTE_MS / SPAN_MS);
    took = state.guess === 'yes' ? Math.max(lastMinute, best) : Math.min(lastMinute, state.perMinute);
    took = Math.max(took, state.perMinute / 4);
  }
  const rose = state.objectedPerMinute !== null && state.perMinute !== null && state.perMinute > PLATEAU * state.objectedPerMinute * 1.01;
  // Objecting again to what it should have taken: it counts otherwise than thought (by the clock, say). A bigger step.
  const wrong = state.perMinute !== null && state.guess !== 'yes' && since < 1.5 * MINUTE_MS;
  if (wrong) took = Math.min(took, state.perMinute! * AGAIN);
  const perMinute = Math.max(1, BELOW * took);
  const next: SiteState = {
    ...base, perMinute, objectedPerMinute: took, guess: state.perMinute === null ? 'maybe' : 'no', changedAt: now,
    failedRises: rose ? state.failedRises + 1 : state.failedRises,
  };
  return paused(next, now, Math.max(SPAN_MS, untilBelow(accepted, 0.9 * took)), reason);
}

/** A message went out to see whether a pause is over: the next one waits. */
export function probeSent(state: SiteState, now: number): SiteState {
  if (!state.stop || state.stop.probeAt === null) return state;
  return { ...state, stop: { ...state.stop, probeAt: now + Math.max(PROBE_FIRST_MS, now - (state.stop.until - state.stop.lengthMs)) } };
}

/** The probe was taken: the pause is over; after the first objection, the rate found from a burst was too low a guess. */
export function probeAccepted(state: SiteState, now: number): SiteState {
  if (state.stop?.kind !== 'pause') return state;
  return { ...state, stop: null, guess: state.guess === 'maybe' ? 'yes' : state.guess, changedAt: now };
}

/** The site said "too many connections": what it has let us open is what it takes. */
export function objectToConnections(state: SiteState, now: number, open: number, reason: string): SiteState {
  const cap = Math.max(1, open);
  if (state.connections !== null && state.connections <= cap) return { ...state, connectionsChangedAt: now };
  return { ...state, connections: cap, connectionsChangedAt: now, reason };
}

/** It takes not even one connection: a moment's pause, longer each time that it says so right after the last. */
export function pauseBriefly(state: SiteState, now: number, reason: string): SiteState {
  const last = state.stop?.kind === 'pause' ? state.stop : null;
  if (last && last.until > now) return state;
  return paused(state, now, last && now - last.until < last.lengthMs ? last.lengthMs * 2 : SPAN_MS, reason);
}

/** A rule says to stay away for a time; a longer one that runs already stays. */
export function suspend(state: SiteState, now: number, forMs: number, reason: string): SiteState {
  if (state.stop && state.stop.kind === 'suspended' && state.stop.until >= now + forMs) return state;
  return { ...state, stop: { kind: 'suspended', until: now + forMs, lengthMs: forMs, probeAt: null, reason } };
}

/**
 * Eases back while the site takes what comes: quickly where the rate is only a guess, then up to just below what was
 * objected to; after a long hold a little above it, which finds out whether the limit has changed.
 * @param ceiling the configured rate a minute; reaching it forgets what was learnt
 * @returns the same object when there is nothing to change
 */
export function ease(state: SiteState, measured: Measured, ceiling: number | null): SiteState {
  const { now } = measured;
  let next = state;
  if (state.stop && state.stop.until <= now) next = { ...next, stop: null };
  if (next.stop) return next;
  if (next.connections !== null && now - next.connectionsChangedAt > 3 * FIRST_RISE_AFTER_MS) {
    next = { ...next, connections: next.connections + 1, connectionsChangedAt: now };
  }
  if (next.perMinute === null || next.objectedPerMinute === null) return next;
  const lately = ((measured.accepted[1] ?? 0) + (measured.accepted[2] ?? 0)) * (MINUTE_MS / (2 * SPAN_MS));
  const used = lately >= 0.6 * next.perMinute;
  const sinceChange = now - next.changedAt;
  let perMinute = next.perMinute;
  const plateau = PLATEAU * next.objectedPerMinute;
  if (next.guess === 'yes') {
    if (used && sinceChange >= 3 * SPAN_MS) perMinute *= 2;
  } else if (perMinute < 0.995 * plateau) {
    if (sinceChange >= MINUTE_MS / 2) perMinute += (plateau - perMinute) / 2;
  } else if (sinceChange >= MINUTE_MS / 2 && now - next.objectedAt > FIRST_RISE_AFTER_MS * 2 ** Math.min(next.failedRises, 4)) {
    // Unused room proves nothing; time alone heals within hours.
    if (used || now - next.objectedAt > 20 * FIRST_RISE_AFTER_MS) perMinute *= 1.05;
  }
  if (perMinute === next.perMinute) return next;
  if (ceiling !== null && perMinute >= ceiling) {
    return { ...FRESH_STATE, connections: next.connections, connectionsChangedAt: next.connectionsChangedAt };
  }
  return { ...next, perMinute, changedAt: now };
}
