// One worker thread and the jobs that wait for it. A job that takes too long or breaks the parser costs the worker, not
// the process; an idle worker is let go, since its DOM holds some hundred megabytes.
import type { Worker } from 'node:worker_threads';
import type { SanitisedHtml } from './sanitise-html.ts';

export type LaneOutcome =
  | { kind: 'clean'; result: SanitisedHtml }
  | { kind: 'failed'; reason: 'timeout' | 'fault'; detail: string };

export interface SanitiseLane {
  run(html: string): Promise<LaneOutcome>;
  close(): Promise<void>;
}

export interface LaneOptions {
  startWorker: () => Worker;
  jobTimeoutMs: number;
  /** How long a worker without jobs is kept; null for good. */
  idleMs: number | null;
}

interface Job {
  id: number;
  html: string;
  settle: (outcome: LaneOutcome) => void;
}

/** Loading the DOM takes a second, many on a machine that is short of everything. */
const START_TIMEOUT_MS = 60_000;

export function createSanitiseLane({ startWorker, jobTimeoutMs, idleMs }: LaneOptions): SanitiseLane {
  const queue: Job[] = [];
  let running: { job: Job; timer: NodeJS.Timeout } | null = null;
  let worker: { thread: Worker; ready: boolean } | null = null;
  let idleTimer: NodeJS.Timeout | null = null;
  let nextId = 1;

  const letGo = () => {
    const dead = worker;
    worker = null;
    dead?.thread.removeAllListeners();
    return dead?.thread.terminate();
  };
  const finish = (outcome: LaneOutcome) => {
    if (!running) return;
    clearTimeout(running.timer);
    const { job } = running;
    running = null;
    job.settle(outcome);
    pump();
  };
  const drop = (reason: 'timeout' | 'fault', detail: string) => {
    void letGo();
    finish({ kind: 'failed', reason, detail });
  };
  const giveTime = (ms: number) => {
    if (!running) return;
    clearTimeout(running.timer);
    running.timer = setTimeout(() => drop('timeout', `longer than ${ms} ms`), ms);
  };
  const start = () => {
    const thread = startWorker();
    const fresh = { thread, ready: false };
    thread.unref();
    thread.on('message', (answer: { ready?: true; id?: number; result?: SanitisedHtml; fault?: string }) => {
      if (answer.ready) {
        fresh.ready = true;
        giveTime(jobTimeoutMs);
      } else if (running && answer.id === running.job.id) {
        finish(answer.result ? { kind: 'clean', result: answer.result } : { kind: 'failed', reason: 'fault', detail: answer.fault ?? '' });
      }
    });
    thread.on('error', (error) => drop('fault', error.message));
    thread.on('exit', (code) => drop('fault', `worker exited with ${code}`));
    return fresh;
  };
  const pump = () => {
    if (running) return;
    if (idleTimer) clearTimeout(idleTimer);
    const job = queue.shift();
    if (!job) {
      if (idleMs !== null) idleTimer = setTimeout(() => void letGo(), idleMs).unref();
      return;
    }
    worker ??= start();
    running = { job, timer: setTimeout(() => undefined, 0) };
    giveTime(worker.ready ? jobTimeoutMs : START_TIMEOUT_MS);
    worker.thread.postMessage({ id: job.id, html: job.html });
  };

  return {
    run: (html) =>
      new Promise((settle) => {
        queue.push({ id: nextId++, html, settle });
        pump();
      }),
    async close() {
      if (idleTimer) clearTimeout(idleTimer);
      await letGo();
    },
  };
}
