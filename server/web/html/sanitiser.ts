// Sanitising off the main thread: one worker, a queue, a time limit, and a cache of results. A mail that takes too
// long or breaks the parser costs its own view, not the process.
import { Worker } from 'node:worker_threads';
import type { SanitisedHtml } from './sanitise-html.ts';

/** Longer HTML is cut before it is parsed: 4 MB take some 4 s, and honest mail stays below 1 MB. */
export const MAX_HTML_CHARACTERS = 4_000_000;
const JOB_TIMEOUT_MS = 20_000;
const CACHE_CHARACTERS = 64_000_000;

export type SanitiseOutcome =
  | { kind: 'clean'; result: SanitisedHtml; truncated: boolean }
  /** Took too long or could not be parsed: show the plain text instead. */
  | { kind: 'failed'; reason: 'timeout' | 'fault'; detail: string };

export interface Sanitiser {
  /**
   * @param key identifies the HTML for good (a message's id): results are kept under it
   * @param load reads the HTML when it is not in the cache; called once for concurrent requests
   */
  sanitise(key: string, load: () => Promise<string>): Promise<SanitiseOutcome>;
  close(): Promise<void>;
}

interface Job {
  id: number;
  html: string;
  settle: (outcome: SanitiseOutcome) => void;
  truncated: boolean;
}

/** @param startWorker how the worker thread is made: bundlers and plain Node find its file differently */
export function createSanitiser(startWorker: () => Worker, jobTimeoutMs = JOB_TIMEOUT_MS): Sanitiser {
  const cache = createCache();
  const pending = new Map<string, Promise<SanitiseOutcome>>();
  const queue: Job[] = [];
  let running: { job: Job; timer: NodeJS.Timeout } | null = null;
  let worker: Worker | null = null;
  let nextId = 1;

  const finish = (outcome: SanitiseOutcome) => {
    if (!running) return;
    clearTimeout(running.timer);
    const { job } = running;
    running = null;
    job.settle(outcome);
    pump();
  };
  const drop = (reason: 'timeout' | 'fault', detail: string) => {
    const dead = worker;
    worker = null;
    dead?.removeAllListeners();
    void dead?.terminate();
    finish({ kind: 'failed', reason, detail });
  };
  const start = (): Worker => {
    const fresh = startWorker();
    fresh.unref();
    fresh.on('message', (answer: { id: number; result?: SanitisedHtml; fault?: string }) => {
      if (!running || answer.id !== running.job.id) return;
      if (answer.result) finish({ kind: 'clean', result: answer.result, truncated: running.job.truncated });
      else finish({ kind: 'failed', reason: 'fault', detail: answer.fault ?? '' });
    });
    fresh.on('error', (error) => drop('fault', error.message));
    fresh.on('exit', (code) => drop('fault', `worker exited with ${code}`));
    return fresh;
  };
  const pump = () => {
    const job = running ? undefined : queue.shift();
    if (!job) return;
    worker ??= start();
    const timer = setTimeout(() => drop('timeout', `longer than ${jobTimeoutMs} ms`), jobTimeoutMs);
    running = { job, timer };
    worker.postMessage({ id: job.id, html: job.html });
  };
  const run = (html: string): Promise<SanitiseOutcome> =>
    new Promise((settle) => {
      const truncated = html.length > MAX_HTML_CHARACTERS;
      queue.push({ id: nextId++, html: truncated ? html.slice(0, MAX_HTML_CHARACTERS) : html, settle, truncated });
      pump();
    });

  return {
    async sanitise(key, load) {
      const kept = cache.get(key);
      if (kept) return kept;
      let work = pending.get(key);
      if (!work) {
        work = load().then(run).then((outcome) => {
          if (outcome.kind === 'clean') cache.put(key, outcome);
          return outcome;
        });
        pending.set(key, work);
        void work.then(() => pending.delete(key), () => pending.delete(key));
      }
      return work;
    },
    async close() {
      const dead = worker;
      worker = null;
      dead?.removeAllListeners();
      await dead?.terminate();
    },
  };
}

/** Least recently used results, bounded by the characters that they hold. */
function createCache() {
  const entries = new Map<string, SanitiseOutcome & { kind: 'clean' }>();
  let characters = 0;
  const sizeOf = (outcome: SanitiseOutcome & { kind: 'clean' }) =>
    outcome.result.html.length + outcome.result.css.length + outcome.result.darkCss.length + 500;
  return {
    get(key: string) {
      const entry = entries.get(key);
      if (entry) {
        entries.delete(key);
        entries.set(key, entry);
      }
      return entry;
    },
    put(key: string, outcome: SanitiseOutcome & { kind: 'clean' }) {
      const size = sizeOf(outcome);
      if (size > CACHE_CHARACTERS / 4) return;
      entries.set(key, outcome);
      characters += size;
      for (const [oldKey, old] of entries) {
        if (characters <= CACHE_CHARACTERS) break;
        entries.delete(oldKey);
        characters -= sizeOf(old);
      }
    },
  };
}
