// Sanitising off the main thread, with a cache of results. Mail that takes long has a worker of its own, so that it
// holds nobody else up.
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
        work = (isCostly(html) ? large : small).run(html).then((outcome) => {
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

const VOID = /^(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)$/i;
/** The DOM's time grows with the square of the depth: 3,000 levels in 15 KB take two seconds. */
const DEEP = 300;

/** Large, or nested as nobody writes it. A rough count: unclosed paragraphs and cells count as levels. */
export function isCostly(html: string): boolean {
  if (html.length > LARGE_CHARACTERS) return true;
  let depth = 0;
  for (const [, slash, name] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)/gi)) {
    if (VOID.test(name!)) continue;
    depth = slash === '/' ? Math.max(0, depth - 1) : depth + 1;
    if (depth > DEEP) return true;
  }
  return false;
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
