// Times that people mean by "later", and reading one that they typed. Pure; in the browser's own time zone.

export type PresetName = 'laterToday' | 'tomorrowMorning' | 'tomorrowAfternoon' | 'mondayMorning';

export interface Preset {
  name: PresetName;
  at: Date;
}

const MORNING = 8;
const AFTERNOON = 13;
const EVENING = 18;

/** A day from `now` on at an hour; across changes of the clock it is that hour there. */
const dayAt = (now: Date, days: number, hour: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);

/** What is offered at `now`: the evening only while it is far, Monday only when that isn't tomorrow. */
export function presets(now: Date): Preset[] {
  const toMonday = (8 - now.getDay()) % 7 || 7;
  const evening: Preset = { name: 'laterToday', at: dayAt(now, 0, EVENING) };
  const monday: Preset = { name: 'mondayMorning', at: dayAt(now, toMonday, MORNING) };
  return [
    ...(now.getHours() < EVENING - 1 ? [evening] : []),
    { name: 'tomorrowMorning', at: dayAt(now, 1, MORNING) },
    { name: 'tomorrowAfternoon', at: dayAt(now, 1, AFTERNOON) },
    ...(toMonday > 1 ? [monday] : []),
  ];
}

/** For `<input type="datetime-local">`. */
export function toLocalInput(date: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

export type TimeCheck = { kind: 'ok'; at: Date } | { kind: 'none' | 'past' | 'far' };

const LONGEST_DAYS = 365;

/** What such an input holds. */
export function checkTime(text: string, now: Date): TimeCheck {
  const at = new Date(text);
  if (text === '' || Number.isNaN(at.getTime())) return { kind: 'none' };
  if (at.getTime() <= now.getTime()) return { kind: 'past' };
  if (at.getTime() > dayAt(now, LONGEST_DAYS, 0).getTime()) return { kind: 'far' };
  return { kind: 'ok', at };
}
