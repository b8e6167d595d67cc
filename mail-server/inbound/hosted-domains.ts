// Remembers for a moment which domains are hosted: every RCPT asks, and the answer rarely changes.

const TTL_MS = 10_000;
const MAX_ENTRIES = 10_000;

/** @param find asks the database; its failures are passed on and not remembered */
export function createHostedDomains(find: (name: string) => Promise<unknown>, now: () => number = Date.now): (name: string) => Promise<boolean> {
  const known = new Map<string, { until: number; hosted: boolean }>();
  return async (rawName) => {
    const name = rawName.toLowerCase();
    const entry = known.get(name);
    if (entry && entry.until > now()) return entry.hosted;
    const hosted = (await find(name)) !== null;
    if (known.size >= MAX_ENTRIES) known.clear();
    known.set(name, { until: now() + TTL_MS, hosted });
    return hosted;
  };
}
