// An account compared with the store from end to end: its first build, the way back from a gap in the journal,
// and the check that runs once in a while so that nothing that went wrong stays wrong.
import type { Pool } from '../infra/db/pool.ts';
import type { WildduckStore } from '../infra/wildduck/store.ts';
import type { AccountPosition, Writer } from './account.store.ts';
import { compareFolders } from './compare-folders.ts';
import { compareMailbox } from './compare-mailbox.ts';
import { positionAt } from './follow-journal.ts';
import { writeChanges } from './write-changes.ts';

export interface CompareReport {
  changed: number;
  removed: number;
}

/**
 * Compares every mailbox and writes what differs. Afterwards the account is `ready`, and the journal is followed
 * from the moment at which the comparison began. Idempotent; after a crash it finds its work done so far.
 */
export async function compareAccount(
  deps: { pool: Pool; store: WildduckStore },
  position: AccountPosition,
  writer: Writer,
  now: Date,
  onProgress?: (report: CompareReport) => Promise<void>,
): Promise<{ journalId: string } & CompareReport> {
  const { accountId, userId } = position;
  // Taken before anything is read: what changes meanwhile is in the journal after it.
  const journalId = positionAt(now);
  const mailboxes = await deps.store.listMailboxes(userId);
  await compareFolders(deps.pool, accountId, writer, mailboxes);
  const report: CompareReport = { changed: 0, removed: 0 };
  for (const mailbox of mailboxes) {
    const before = report.changed;
    const outcome = await compareMailbox(deps, accountId, writer, mailbox, async (written) => {
      await onProgress?.({ ...report, changed: before + written });
    });
    report.changed += outcome.changed;
    report.removed += outcome.removed;
    await onProgress?.(report);
  }
  await writeChanges(deps.pool, accountId, writer, {
    position: { journalId, followedAt: now, comparedAt: now, state: 'ready' },
  });
  return { journalId, ...report };
}
