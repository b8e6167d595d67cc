// Tells browsers of new mail: looks a few times a minute for what nobody was told of, and sends it. Any number may run.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from '../infra/db/pool.ts';
import type { Logger } from '../infra/log/logger.ts';
import { noticesOf, sendNotice, type NoticeSender } from './send-notice.ts';
import { deleteSubscription, noteFailure, noteSuccess, takeDueNotices, type DueNotice } from './subscription.store.ts';

const LOOK_MS = 2_000;
/** A browser whose push service fails so often in a row has gone. */
const FAILURES_MAX = 20;

export interface NoticeDeps {
  pool: Pool;
  sender: NoticeSender;
  log: Logger;
}

async function tell({ pool, sender, log }: NoticeDeps, due: DueNotice): Promise<void> {
  for (const notice of noticesOf(due)) {
    const outcome = await sendNotice(sender, due, notice);
    if (outcome === 'sent') await noteSuccess(pool, due.sessionId);
    else if (outcome === 'gone') return deleteSubscription(pool, due.sessionId);
    else {
      const givenUp = await noteFailure(pool, due.sessionId, FAILURES_MAX);
      return log.warn({ sessionId: due.sessionId, reason: outcome.failed, givenUp }, 'a push service did not take a notice');
    }
  }
}

/** One look. @returns how many browsers had something to be told of */
export async function tellOfNewMail(deps: NoticeDeps): Promise<number> {
  const due = await takeDueNotices(deps.pool);
  await Promise.all(due.map((each) => tell(deps, each).catch((error: unknown) => deps.log.warn({ err: error, sessionId: each.sessionId }, 'a notice could not be sent'))));
  return due.length;
}

/** @returns what stops it */
export function startNoticeLoop(deps: NoticeDeps): () => Promise<void> {
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await tellOfNewMail(deps).catch((error: unknown) => deps.log.warn({ err: error }, 'new mail could not be looked up for notices; trying again'));
      await sleep(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return async () => {
    stopping.abort();
    await running;
  };
}
