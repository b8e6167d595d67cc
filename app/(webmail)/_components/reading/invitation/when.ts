// When an event is, in words: the reader's language, and the reader's time zone where the file names an instant.
import type { Invitation } from '../../../../../server/web/contract/calendar.ts';

type When = Pick<Invitation, 'start' | 'end' | 'allDay'>;

/** Days and times without a zone are the same everywhere: reckoned in UTC, shown in UTC. */
const isFloating = ({ start, allDay }: When): boolean => allDay || !start.endsWith('Z');

export interface WhenText {
  /** For the leaf of the calendar. */
  month: string;
  day: string;
  weekday: string;
  /** `Sat, 28 Nov 2026, 12:00 – 13:00`; for whole days the days alone. */
  range: string;
  floating: boolean;
}

/** @param zone the reader's, such as `Europe/Berlin`; absent: the system's */
export function whenText(when: When, locale: string, zone?: string): WhenText {
  const floating = isFloating(when);
  const timeZone = floating ? 'UTC' : zone;
  const start = dateOf(when.start);
  const part = (options: Intl.DateTimeFormatOptions): string => new Intl.DateTimeFormat(locale, { ...options, timeZone }).format(start);
  const dayOptions = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const;
  const format = new Intl.DateTimeFormat(locale, { ...dayOptions, ...(when.allDay ? {} : { hour: 'numeric', minute: '2-digit' }), timeZone });
  const end = lastOf(when);
  return {
    month: part({ month: 'short' }),
    day: part({ day: 'numeric' }),
    weekday: part({ weekday: 'short' }),
    range: end > start ? format.formatRange(start, end) : format.format(start),
    floating: floating && !when.allDay,
  };
}

/** The end as people say it: of whole days, the last one. */
function lastOf({ start, end, allDay }: When): Date {
  if (end === null) return dateOf(start);
  return allDay ? new Date(dateOf(end).getTime() - 86_400_000) : dateOf(end);
}

function dateOf(text: string): Date {
  return new Date(text.length > 10 && !text.endsWith('Z') ? `${text}Z` : text);
}
