// Moments of the user's own day, in the browser's time zone. Pure.

/** A day counted from `now`, at an hour; across changes of the clock it is that hour there. */
export const dayAt = (now: Date, days: number, hour: number): Date => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);

/** As `<input type="datetime-local">` wants it. */
export function toLocalInput(date: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
