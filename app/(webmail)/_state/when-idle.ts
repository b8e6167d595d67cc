// Puts off what can wait until the browser has nothing else to do.

/** Runs `work` in an idle moment, after at least `delayMs`; returns a function that cancels. */
export function whenIdle(work: () => void, delayMs = 300): () => void {
  const timer = window.setTimeout(() => (window.requestIdleCallback ? window.requestIdleCallback(work) : work()), delayMs);
  return () => window.clearTimeout(timer);
}
