// The worker's loop over reports that came in: takes a few, processes each, puts off those that failed. Any number of
// these may run; a report is another's when its lease has ended.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../infra/log/logger.ts';
import { failReports, putOffReport, takeReports, type WaitingReport } from './intake.store.ts';
import { type FeedbackDeps, processReport } from './process-report.ts';

const BATCH = 10;
const IDLE_MS = 500;

export interface ReportLoop {
  /** Ends after the report in hand. */
  stop(): Promise<void>;
}

export function startReportLoop(deps: FeedbackDeps & { log: Logger }, idleMs = IDLE_MS): ReportLoop {
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const found = await round(deps, () => stopping.signal.aborted).catch((error: unknown) => {
        deps.log.warn({ err: error }, 'reports could not be taken up; trying again');
        return 0;
      });
      if (found < BATCH) await sleep(idleMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function round(deps: FeedbackDeps & { log: Logger }, ends: () => boolean): Promise<number> {
  for (const id of await failReports(deps.pool)) deps.log.error({ report: id }, 'report given up after several attempts; it is kept');
  const reports = await takeReports(deps.pool, BATCH);
  // Those left at the end of this process are taken up when their lease ends.
  for (const report of reports) if (!ends()) await one(deps, report);
  return reports.length;
}

async function one(deps: FeedbackDeps & { log: Logger }, report: WaitingReport): Promise<void> {
  const { id, intake, clientAddress } = report;
  try {
    const outcome = await processReport(deps, report);
    if (outcome) {
      const { keepContent: _, ...facts } = outcome;
      deps.log.info({ report: id, intake, client: clientAddress, ...facts }, 'report processed');
    }
  } catch (error) {
    deps.log.warn({ err: error, report: id, intake }, 'report not processed; it is tried again');
    await putOffReport(deps.pool, id, (error as Error).message);
  }
}
