// Sanitising off the main thread, with a cache of results. Large mail has a worker of its own, so that it holds
// nobody else up.
import type { Worker } from 'node:worker_threads';
import { createSanitiseLane, type LaneOutcome } from './sanitise-lane.ts';

/**
 * Longer HTML is cut before it is parsed: this much takes some 1.5 s and half a gigabyte. Honest mail stays far below
 * (Gmail clips at 0.1 MB).
 */
export const MAX_HTML_CHARACTERS = 1_500_000;
const LARGE_CHARACTERS = 200_000;
const JOB_TIMEOUT_MS = 15_000;
const LARGE_IDLE_MS = 30_000;
const CACHE_CHARACTERS = 64_000_000;
const FAILURE_CHARACTERS = 1_000;

/** Failed: took too long or could not be parsed; show the plain text instead. */
export type SanitiseOutcome = LaneOutcome;

export interface Sanitiser {
  /**
   * Concurrent calls with one key share the work.
   * @param key identifies the HTML for good (a message's id): outcomes are kept under it
   * @param load gives the HTML when there is no outcome yet
   */
  sanitise(key: string, load: () => string): Promise<SanitiseOutcome>;
  close(): Promise<void>;
}

/** @param startWorker how the worker thread is made: bundlers and plain Node find its file differently */
export function createSanitiser(startWorker: () => Worker, jobTimeoutMs = JOB_TIMEOUT_MS): Sanitiser {
  const cache = createCache();
  const pending = new Map<string, Promise<SanitiseOutcome>>();
  const small = createSanitiseLane({ startWorker, jobTimeoutMs, idleMs: null });
  const large = createSanitiseLane({ startWorker, jobTimeoutMs, idleMs: LARGE_IDLE_MS });
  return {
    async sanitise(key, load) {
      const kept = cache.get(key);
      if (kept) return kept;
      let work = pending.get(key);
      if (!work) {
        const html = load().slice(0, MAX_HTML_CHARACTERS);
        work = (html.length > LARGE_CHARACTERS ? large : small).run(html).then((outcome) => {
          cache.put(key, outcome);
          pending.delete(key);
          return outcome;
        });
        pending.set(key, work);
      }
      return work;
    },
    async close() {
      await Promise.all([small.close(), large.close()]);
    },
  };
}

/** Least recently used outcomes, bounded by the characters that they hold. */
function createCache() {
  const entries = new Map<string, SanitiseOutcome>();
  let characters = 0;
  const sizeOf = (outcome: SanitiseOutcome) =>
    outcome.kind === 'failed' ? FAILURE_CHARACTERS : outcome.result.html.length + outcome.result.css.length + outcome.result.darkCss.length + FAILURE_CHARACTERS;
  return {
    get(key: string) {
      const entry = entries.get(key);
      if (entry) {
        entries.delete(key);
        entries.set(key, entry);
      }
      return entry;
    },
    put(key: string, outcome: SanitiseOutcome) {
      entries.set(key, outcome);
      characters += sizeOf(outcome);
      for (const [oldKey, old] of entries) {
        if (characters <= CACHE_CHARACTERS) break;
        entries.delete(oldKey);
        characters -= sizeOf(old);
      }
    },
  };
}
