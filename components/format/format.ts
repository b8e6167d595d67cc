// Dates, sizes and numbers as people read them, by Intl. Formatters are made once per locale.

export interface Format {
  /** In a list: a time today, a weekday within the last six days, day and month this year, else a full date. */
  listDate(iso: string, now?: Date): string;
  /** In a message header: "Sat, Nov 22, 2026, 2:05 PM". */
  fullDate(iso: string): string;
  /** "2 hours ago"; empty when older than 30 days. */
  ago(iso: string, now?: Date): string;
  /** A moment to come: the time today, weekday and time within six days, else date and time. */
  comingDate(iso: string, now?: Date): string;
  /** The same, and a full date where that is empty. */
  lately(iso: string, now?: Date): string;
  time(date: Date): string;
  bytes(count: number): string;
  number(n: number): string;
}

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Days since 1970 and the year, where the clock of a time zone stands; none is the system's. */
function calendarOf(timeZone: string | undefined): (date: Date) => { day: number; year: number } {
  if (timeZone === undefined) {
    return (date) => ({ day: Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY, year: date.getFullYear() });
  }
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: 'numeric', day: 'numeric' });
  return (date) => {
    const [month = 1, day = 1, year = 1970] = parts.format(date).split('/').map(Number);
    return { day: Date.UTC(year, month - 1, day) / DAY, year };
  };
}

/** Formatters for a locale; times in an IANA zone, or the system's. */
export function createFormat(locale: string, timeZone?: string): Format {
  const dates = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { ...options, timeZone });
  const time = dates({ timeStyle: 'short' });
  const weekday = dates({ weekday: 'short' });
  const dayMonth = dates({ day: 'numeric', month: 'short' });
  const short = dates({ day: 'numeric', month: 'short', year: 'numeric' });
  const full = dates({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: 'numeric', minute: '2-digit' });
  const calendar = calendarOf(timeZone);
  const daysBetween = (from: Date, to: Date) => calendar(to).day - calendar(from).day;
  const sameYear = (a: Date, b: Date) => calendar(a).year === calendar(b).year;
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const number = new Intl.NumberFormat(locale);

  const format: Format = {
    listDate(iso, now = new Date()) {
      const date = new Date(iso);
      if (Number.isNaN(date.getTime())) return '';
      const days = daysBetween(date, now);
      if (days === 0) return time.format(date);
      if (days > 0 && days < 7) return weekday.format(date);
      return sameYear(date, now) ? dayMonth.format(date) : short.format(date);
    },
    fullDate(iso) {
      const date = new Date(iso);
      return Number.isNaN(date.getTime()) ? '' : full.format(date);
    },
    ago(iso, now = new Date()) {
      const past = now.getTime() - new Date(iso).getTime();
      if (Number.isNaN(past) || past > 30 * DAY || past < -MINUTE) return '';
      if (past < 60 * MINUTE) return relative.format(-Math.floor(Math.max(past, 0) / MINUTE), 'minute');
      if (past < DAY) return relative.format(-Math.floor(past / (60 * MINUTE)), 'hour');
      return relative.format(-Math.floor(past / DAY), 'day');
    },
    comingDate(iso, now = new Date()) {
      const date = new Date(iso);
      if (Number.isNaN(date.getTime())) return '';
      const days = daysBetween(now, date);
      if (days === 0) return time.format(date);
      const dayOf = days > 0 && days < 7 ? weekday : sameYear(date, now) ? dayMonth : short;
      return `${dayOf.format(date)}, ${time.format(date)}`;
    },
    lately: (iso, now) => format.ago(iso, now) || format.fullDate(iso),
    time: (date) => time.format(date),
    bytes(count) {
      const steps = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
      let value = Math.max(0, count);
      let step = 0;
      while (value >= 1000 && step < steps.length - 1) {
        value /= 1000;
        step += 1;
      }
      const digits = step > 0 && value < 10 ? 1 : 0;
      const unit = steps[step] ?? 'byte';
      return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: step === 0 ? 'long' : 'short', maximumFractionDigits: digits }).format(value);
    },
    number: (n) => number.format(n),
  };
  return format;
}
