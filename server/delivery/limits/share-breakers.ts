// Tells of a worker's open breakers where people can see them: each worker has its own, and what asks for them is another
// process. Workers never decide by what others found.
import type { LimiterDeps } from './limiter-types.ts';

const EVERY_MS = 2_000;
/** A network that is down has as many breakers as there are hosts: the first tell enough. */
const MOST = 500;

/** @returns what ends it */
export function shareBreakers({ store, breakers, log }: Pick<LimiterDeps, 'store' | 'breakers' | 'log'>): () => void {
  let told = false;
  const timer = setInterval(() => {
    const open = breakers.open();
    // Nothing to tell, and nothing told that must be taken back: not a round trip.
    if (open.length === 0 && !told) return;
    store.publishBreakers(open.slice(0, MOST)).then(
      () => (told = open.length > 0),
      (error: unknown) => log.warn({ err: error }, 'open breakers could not be told; they hold all the same'),
    );
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
