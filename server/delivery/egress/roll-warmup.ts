// The scheduler's job on egress addresses: counts what became of their mail, judges each at each provider, rolls days,
// pauses and resumes, and tells who takes over. May run in several processes and be killed at any point.
import type { Pool } from '../../infra/db/pool.ts';
import { stepWarmup, type WarmupDecision } from './warmup.ts';
import { capsFor, DEFAULT_WARMUP_POLICY, type WarmupPolicy } from './warmup-schedule.ts';
import { countedUntilToday, countEvents, ensureWarmupRows, readWarmups, resumePausedAddresses, storeStep, takersOf, type WarmupSubject } from './warmup.store.ts';

/** Decisions that are worth an event; staying where it is shows in the state. */
const EVENTS: Partial<Record<WarmupDecision, string>> = { grow: 'grown', finish: 'warmed', back: 'stepped-back', pause: 'paused', resume: 'resumed' };

const COUNT_BATCH = 20_000;
/** As many days as the idle rule looks back over. */
const DAYS = DEFAULT_WARMUP_POLICY.idleDays + 2;

/** Reads the event log to its end. @returns events read */
export async function countEgressEvents(pool: Pool): Promise<number> {
  let total = 0;
  for (;;) {
    const read = await countEvents(pool, COUNT_BATCH);
    total += read ?? 0;
    if (read === null || read < COUNT_BATCH) return total;
  }
}

/**
 * Judges every address at every provider, after counting; where another process is counting, or an open transaction
 * keeps back events of a day that is over, not this time.
 * @returns how many steps of each kind were made, by their event
 */
export async function rollWarmup(pool: Pool, policy: WarmupPolicy = DEFAULT_WARMUP_POLICY): Promise<Record<string, number>> {
  await countEgressEvents(pool);
  const done: Record<string, number> = { resumed: (await resumePausedAddresses(pool)).length };
  if (!(await countedUntilToday(pool))) return done;
  await ensureWarmupRows(pool);
  const { today, subjects } = await readWarmups(pool, DAYS);
  for (const subject of subjects) {
    const type = await rollOne(pool, subject, today, policy);
    if (type) done[type] = (done[type] ?? 0) + 1;
  }
  return done;
}

async function rollOne(pool: Pool, subject: WarmupSubject, today: string, policy: WarmupPolicy): Promise<string | null> {
  const step = stepWarmup(subject.state, subject.days, today, capsFor(subject.schedule, subject.provider), policy);
  if (step.state === subject.state) return null;
  const type = EVENTS[step.decision] ?? null;
  const reason = step.decision === 'pause' ? `${step.reason} ${await rotation(pool, subject)}` : step.reason;
  const stored = await storeStep(pool, subject, { ...step.state, reason: step.decision === 'none' ? step.state.reason : reason }, type === null ? null : { type, reason, by: 'warm-up' });
  return stored ? type : null;
}

/** Where the traffic of a paused address goes: the choice passes it over from the next snapshot on. */
async function rotation(pool: Pool, { addressId, provider }: WarmupSubject): Promise<string> {
  const takers = await takersOf(pool, addressId, provider);
  return takers.length > 0 ? `Its mail to ${provider} goes out by ${takers.join(', ')}.` : `No other address of its pools may take its mail to ${provider}, which waits.`;
}
