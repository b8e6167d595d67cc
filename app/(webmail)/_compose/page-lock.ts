'use client';
// Marks things as this page's, so that of several tabs one alone goes on with them.

const asked = new Map<string, Promise<boolean>>();

/** Whether this page has asked for it before. */
export const isOfThisPage = (name: string): boolean => asked.has(name);

/**
 * Takes `name` for as long as the page lives.
 * @returns false when another tab has it
 */
export function holdForPage(name: string): Promise<boolean> {
  const known = asked.get(name);
  if (known) return known;
  const answer = takeLock(name);
  asked.set(name, answer);
  return answer;
}

async function takeLock(name: string): Promise<boolean> {
  // Without a secure context there are no locks, and hardly ever a second tab either.
  if (!('locks' in navigator)) return true;
  return new Promise((resolve) => {
    void navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      // Held until the page goes; another tab's is asked for again the next time.
      if (!lock) return void asked.delete(name);
      return new Promise(() => undefined);
    });
  });
}
