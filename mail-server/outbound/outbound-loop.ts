// Looks into WildDuck's queue again and again and takes over what is due. Any number of processes may run it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../server/infra/log/logger.ts';
import type { OutboundEntries, OutboundEntry } from './outbound-entries.ts';
import { takeEntry, type TakeEntryDeps } from './take-entry.ts';

export interface OutboundLoop {
  stop(): Promise<void>;
}

const IDLE_MS = 1_000;
const FAILED_MS = 5_000;
const BATCH = 100;
const SWEEP_EVERY_MS = 600_000;
const RETRY_MS = 60_000;

export function startOutboundLoop(entries: OutboundEntries, deps: TakeEntryDeps, log: Logger): OutboundLoop {
  const stop = new AbortController();
  const pause = (ms: number) => sleep(ms, undefined, { signal: stop.signal }).catch(() => undefined);

  async function run(): Promise<void> {
    let sweepAt = Date.now() + SWEEP_EVERY_MS;
    while (!stop.signal.aborted) {
      try {
        const due = await entries.due(BATCH, new Date());
        for (const entry of due) {
          if (stop.signal.aborted) return;
          await takeOne(entries, deps, entry, log);
        }
        if (Date.now() >= sweepAt) {
          const deleted = await entries.sweep(new Date());
          if (deleted > 0) log.info({ deleted }, 'contents of mail taken over are deleted');
          sweepAt = Date.now() + SWEEP_EVERY_MS;
        }
        if (due.length < BATCH) await pause(IDLE_MS);
      } catch (error) {
        if (stop.signal.aborted) return;
        log.warn({ reason: (error as Error).message }, 'mail made by the mail store waits; trying again');
        await pause(FAILED_MS);
      }
    }
  }

  const running = run();
  return {
    async stop() {
      stop.abort();
      await running;
    },
  };
}

/** An entry that fails puts itself off and holds up no other. @throws only when it cannot even be put off */
async function takeOne(entries: OutboundEntries, deps: TakeEntryDeps, entry: OutboundEntry, log: Logger): Promise<void> {
  const now = new Date();
  const outbound = `${entry.id}.${entry.seq}`;
  try {
    const outcome = await takeEntry(deps, entry, await entries.read(entry.id), now);
    if (outcome.kind === 'waits') {
      log.warn({ outbound, why: outcome.why }, 'mail made by the mail store waits');
      return await entries.postpone(entry, new Date(now.getTime() + outcome.forMs), outcome.why);
    }
    if (outcome.kind === 'taken') log.info({ outbound, queueId: outcome.queueId, repeated: outcome.repeated }, 'taken over from the mail store');
    else log.error({ outbound, why: outcome.why }, 'mail made by the mail store is not sent');
    await entries.remove(entry);
  } catch (error) {
    log.error({ outbound, reason: (error as Error).message }, 'taking over failed; trying again in a minute');
    await entries.postpone(entry, new Date(now.getTime() + RETRY_MS), 'an internal fault');
  }
}
