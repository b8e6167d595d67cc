// From a wall-clock time in an IANA time zone to an instant, for calendar files that name a zone and do not define it.

/**
 * @param wall the time as it stands on the wall, read as if it were UTC, in ms
 * @param zone such as `Europe/Berlin`
 * @returns the instant in ms since the epoch; null for a zone that nobody knows. A time that the change to summer time
 *   leaves out is taken an hour later, one that comes twice is taken the first time (RFC 5545 3.3.5)
 */
export function instantOf(wall: number, zone: string): number | null {
  const before = offsetAt(wall - 86_400_000, zone);
  const after = offsetAt(wall + 86_400_000, zone);
  if (before === null || after === null) return null;
  const first = wall - before;
  if (offsetAt(first, zone) === before) return first;
  const second = wall - after;
  return offsetAt(second, zone) === after ? second : first;
}

/** What the zone's clocks are ahead of UTC at an instant, in ms. */
function offsetAt(instant: number, zone: string): number | null {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
    });
  } catch {
    return null;
  }
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const wall = Date.UTC(parts['year']!, parts['month']! - 1, parts['day'], parts['hour'], parts['minute'], parts['second']);
  return wall - Math.floor(instant / 1000) * 1000;
}
