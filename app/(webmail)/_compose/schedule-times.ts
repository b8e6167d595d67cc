// Times that people mean by "later", and reading one that they typed. Pure; in the browser's own time zone.
import { dayAt } from '../../../components/format/local-time.ts';

export type PresetName = 'laterToday' | 'tomorrowMorning' | 'tomorrowAfternoon' | 'mondayMorning';

export interface Preset {
  name: PresetName;
  at: Date;
}

const MORNING = 8;
const AFTERNOON = 13;
const EVENING = 18;

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
