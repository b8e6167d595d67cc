// Times as an operator writes them: a moment, or how far from now. Pure.

const UNITS_MS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * `2026-11-24T12:00Z`, `2026-11-24` (midnight UTC), or `90s`, `30m`, `2h`, `7d` from now.
 * @param direction whether a length of time leads back or ahead
 * @returns null when it is neither
 */
export function parseMoment(text: string, now: Date, direction: 'past' | 'future'): Date | null {
  const length = /^(\d{1,6})([smhd])$/.exec(text);
  if (length) {
    const ms = Number(length[1]) * UNITS_MS[length[2]!]!;
    return new Date(now.getTime() + (direction === 'future' ? ms : -ms));
  }
  // Without a zone a time would mean another moment on each machine.
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text)) return null;
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? null : moment;
}
