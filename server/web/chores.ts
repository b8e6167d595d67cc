// Small recurring work of the web process. Each is idempotent and safe to run in several processes at once.
import { deleteExpiredProfiles } from '../clients/setup-profile.store.ts';
import { deleteExpiredUndos } from '../contacts/contact-undo.store.ts';
import { deleteExpiredChallenges } from '../factors/challenge.store.ts';
import { deleteOldLoginEvents } from './session/login-event.store.ts';
import { deleteExpiredSessions } from './session/session.store.ts';
import { mirrorDraftsBehind } from './compose/drafts.ts';
import { finishPendingSends, forgetOldSends } from './compose/finish-send.ts';
import { mendSends, queueComingSends, releaseDueSends } from './compose/held-sends.ts';
import { remindOfUnanswered } from './mailbox/reminders.ts';
import { labelArrived } from './filters/label-arrived.ts';
import { archiveMuted, forgetStaleSleep, wakeSnoozed } from './mailbox/set-aside.ts';
import { teachSpam } from './mailbox/train-spam.ts';
import { workOnJobs } from './jobs/run-jobs.ts';
import { tidyTransfers, workOnTransfers } from './transfers/run-transfers.ts';
import type { Services } from './services.ts';

interface Chore {
  name: string;
  everyMs: number;
  run: (services: Services) => Promise<unknown>;
}

const MINUTE = 60_000;

const CHORES: Chore[] = [
  // The process that took the order begins at once; this is for what a dead one left.
  { name: 'large actions', everyMs: 5_000, run: workOnJobs },
  { name: 'imports', everyMs: 5_000, run: workOnTransfers },
  { name: 'forget imports', everyMs: 10 * MINUTE, run: tidyTransfers },
  { name: 'wake snoozed', everyMs: 5_000, run: wakeSnoozed },
  { name: 'remind of unanswered', everyMs: 10_000, run: remindOfUnanswered },
  { name: 'label arrived', everyMs: 2_000, run: labelArrived },
  { name: 'archive muted', everyMs: 2_000, run: archiveMuted },
  { name: 'teach spam', everyMs: 5_000, run: teachSpam },
  { name: 'forget stale snoozes', everyMs: 24 * 60 * MINUTE, run: forgetStaleSleep },
  { name: 'finish sends', everyMs: MINUTE / 2, run: finishPendingSends },
  { name: 'release sends', everyMs: 5_000, run: releaseDueSends },
  { name: 'queue coming sends', everyMs: MINUTE, run: queueComingSends },
  { name: 'mend sends', everyMs: MINUTE, run: mendSends },
  { name: 'mirror drafts', everyMs: MINUTE / 2, run: mirrorDraftsBehind },
  { name: 'forget sends', everyMs: 60 * MINUTE, run: forgetOldSends },
  { name: 'expire sessions', everyMs: 60 * MINUTE, run: ({ pool }) => deleteExpiredSessions(pool) },
  { name: 'expire challenges', everyMs: 60 * MINUTE, run: ({ pool }) => deleteExpiredChallenges(pool) },
  { name: 'expire undos of contacts', everyMs: 60 * MINUTE, run: ({ pool }) => deleteExpiredUndos(pool) },
  { name: 'expire set-up profiles', everyMs: 10 * MINUTE, run: ({ pool }) => deleteExpiredProfiles(pool) },
  { name: 'expire sign-in trail', everyMs: 24 * 60 * MINUTE, run: ({ pool }) => deleteOldLoginEvents(pool) },
];

/** Starts them all; they never keep the process alive. A failure is logged and the next turn tries again. */
export function startChores(services: Services): void {
  for (const chore of CHORES) {
    let running = false;
    const turn = async () => {
      if (running) return;
      running = true;
      try {
        await chore.run(services);
      } catch (error) {
        services.log.warn({ chore: chore.name, err: (error as Error).message }, 'chore failed');
      } finally {
        running = false;
      }
    };
    // Spread the first turns, so that a start is not also a rush.
    setTimeout(() => {
      void turn();
      setInterval(() => void turn(), chore.everyMs).unref();
    }, 5_000 + Math.random() * 10_000).unref();
  }
}
