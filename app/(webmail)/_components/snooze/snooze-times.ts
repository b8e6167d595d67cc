// When a conversation may come back: the usual choices as they are at a moment, in the user's own time. Pure.
import { dayAt } from '../../../../components/format/local-time.ts';

export type SnoozeChoice = 'laterToday' | 'tomorrow' | 'weekend' | 'nextWeek';

export interface SnoozeTime {
  choice: SnoozeChoice;
  at: Date;
}

const MORNING = 8;
const EVENING = 18;
/** "Later today" needs this much of the day left before the evening. */
const LATER_HOURS = 3;
const [MONDAY, FRIDAY, SATURDAY, SUNDAY] = [1, 5, 6, 0];

const daysUntil = (now: Date, weekday: number) => (weekday - now.getDay() + 7) % 7 || 7;

/**
 * The choices in the order of their times. Those that would be the same as another, or make no sense now, are left out: no
 * evening late in the day, no weekend on a weekend or on its eve, no Monday when tomorrow is one.
 */
export function snoozeTimes(now: Date): SnoozeTime[] {
  const times: SnoozeTime[] = [];
  const evening = dayAt(now, 0, EVENING);
  const later = new Date(now.getTime() + LATER_HOURS * 3_600_000);
  if (now < evening) times.push({ choice: 'laterToday', at: later < evening ? evening : roundUp(later) });
  times.push({ choice: 'tomorrow', at: dayAt(now, 1, MORNING) });
  if (![FRIDAY, SATURDAY, SUNDAY].includes(now.getDay())) times.push({ choice: 'weekend', at: dayAt(now, daysUntil(now, SATURDAY), MORNING) });
  if (now.getDay() !== SUNDAY) times.push({ choice: 'nextWeek', at: dayAt(now, daysUntil(now, MONDAY), MORNING) });
  return times;
}

/** To the next half hour. */
function roundUp(date: Date): Date {
  const half = 30 * 60_000;
  return new Date(Math.ceil(date.getTime() / half) * half);
}
