// When a DKIM key may take its next step: publish, wait, switch, retire. Pure; the facts come from rotation.store.ts.
// The order leaves no gap: a key signs only after every receiver can have its record, and a record stays until
// everything that it signed has arrived (RFC 6376 6.1.2 has receivers fetch it when they verify).
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * How long a new record must have been in DNS before its key signs: longer than resolvers usually remember that there
 * was none (RFC 2308 5 advises one to three hours) and than secondary name servers take.
 */
export const PUBLISH_WAIT_MS = 24 * HOUR_MS;
/** How long an old record must stay: five days in our queue and some in the next ones. */
export const RETIRE_WAIT_MS = 10 * DAY_MS;

export interface KeyState {
  selector: string;
  status: 'published' | 'signing' | 'retired';
  /** Since when the record has been seen in DNS. */
  seenAt: Date | null;
  retiredAt: Date | null;
}

export type RotationStep =
  /** Put the records of these selectors into DNS. */
  | { kind: 'await-records'; selectors: string[] }
  /** All are there; they sign from `at` on. */
  | { kind: 'wait'; at: Date }
  | { kind: 'switch' }
  /** The records of these selectors may leave DNS: their keys are to be removed. */
  | { kind: 'remove'; selectors: string[] }
  /** Old records must stay until `at`. */
  | { kind: 'wait-retired'; at: Date; selectors: string[] }
  | { kind: 'idle' };

/** What a domain's rotation has to do next. @param keys all of the domain */
export function nextRotationStep(keys: readonly KeyState[], now: Date): RotationStep {
  const fresh = keys.filter((key) => key.status === 'published');
  if (fresh.length > 0) {
    const unseen = fresh.filter((key) => key.seenAt === null);
    if (unseen.length > 0) return { kind: 'await-records', selectors: unseen.map((key) => key.selector) };
    const at = new Date(Math.max(...fresh.map((key) => key.seenAt!.getTime())) + PUBLISH_WAIT_MS);
    return at <= now ? { kind: 'switch' } : { kind: 'wait', at };
  }
  const retired = keys.filter((key) => key.status === 'retired');
  const gone = retired.filter((key) => endOf(key) <= now.getTime());
  if (gone.length > 0) return { kind: 'remove', selectors: gone.map((key) => key.selector) };
  if (retired.length > 0) return { kind: 'wait-retired', at: new Date(Math.max(...retired.map(endOf))), selectors: retired.map((key) => key.selector) };
  return { kind: 'idle' };
}

/** A retired key whose date is missing counts as just retired, for ever, until somebody looks. */
const endOf = (key: KeyState): number => (key.retiredAt?.getTime() ?? Number.POSITIVE_INFINITY) + RETIRE_WAIT_MS;

/** `s7rsa` after `s6rsa`, whatever other selectors there are. */
export function nextSelectors(selectors: readonly string[]): { 'rsa-sha256': string; 'ed25519-sha256': string } {
  const numbers = selectors.map((selector) => Number(/^s(\d{1,6})(?:rsa|ed)$/.exec(selector)?.[1] ?? 0));
  const next = Math.max(0, ...numbers) + 1;
  return { 'rsa-sha256': `s${next}rsa`, 'ed25519-sha256': `s${next}ed` };
}
