// Works on jobs: looks their conversations up, acts on a batch at a time, or goes the steps back. Every batch ends with a
// note of how far it came; a batch whose note was lost is done again, which changes nothing twice. Only its own way back
// may then be incomplete: what it had done before the loss stays done.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isPassingFault } from '../../infra/db/faults.ts';
import { searchConversations } from '../../mailbox/search.store.ts';
import { PAGE_LIMIT } from '../../mailbox/list.store.ts';
import type { ActionBody } from '../contract/mailbox.ts';
import { keywordOfId } from '../labels/label-id.ts';
import { viewOfLabel } from '../labels/labels.ts';
import { act } from '../mailbox/act.ts';
import type { Services } from '../services.ts';
import {
  addItems, claimJob, collectView, dropItems, keepLastBatch, lastUndoStep, nextItems, releaseJob, saveProgress, type ClaimedJob,
} from './job.store.ts';

/** Conversations per step: half a second to a few; as long as a cancel waits. Two batches of the mail store's. */
const BATCH = 1000;
/** Moves and deletions cost the mail store twenty times a flag. */
const SLOW_BATCH = 50;
/** A mail store that starts anew answers within half a minute. */
const STORE_TRIES = 10;
const STORE_PAUSE_MS = 3_000;
const FAST: ReadonlySet<string> = new Set(['read', 'unread', 'star', 'unstar', 'label']);

/** Takes jobs until none is left. Safe in any number of processes, and several times in one. */
export async function workOnJobs(services: Services): Promise<void> {
  const owner = randomUUID();
  try {
    for (let job = await claimJob(services.pool, owner); job; job = await claimJob(services.pool, owner)) await workOn(services, job, owner);
  } catch (error) {
    services.log.warn({ err: (error as Error).message }, 'work on large actions broke off; it is taken up again');
  }
}

async function workOn(services: Services, job: ClaimedJob, owner: string): Promise<void> {
  const log = services.log.child({ job: job.id, account: job.accountId });
  try {
    if (job.state === 'undoing') await goBack(services, job, owner);
    else await goOn(services, job, owner);
  } catch (error) {
    // The database went away: whoever finds it back goes on.
    if (isPassingFault(error)) throw error;
    // Trying again would meet the same; what is done stays done and is told.
    log.error({ err: error }, 'a large action failed');
    await saveProgress(services.pool, job.id, owner, { state: 'failed' });
  } finally {
    await releaseJob(services.pool, job.id, owner);
  }
}

async function goOn(services: Services, job: ClaimedJob, owner: string): Promise<void> {
  const { pool } = services;
  if (job.state === 'collecting' && !(await saveProgress(pool, job.id, owner, { state: 'running', total: await collect(services, job), done: 0 }))) return;
  // In a label, a view or a search conversations lie anywhere: then the action itself says which messages it takes.
  const folderId = job.scope.kind === 'folder' && /^[0-9a-f]{24}$/.test(job.scope.folderId) ? job.scope.folderId : undefined;
  const batch = FAST.has(job.action.action) ? BATCH : SLOW_BATCH;
  // Taken over from another: how far its batch had come, nobody knows.
  let again = job.state === 'running';
  for (let done = job.state === 'collecting' ? 0 : job.done; ; again = false) {
    const conversationIds = await nextItems(pool, job.id, done, batch);
    if (conversationIds.length === 0) break;
    const { failed, undo } = await patiently(services, job, owner, { ...job.action, conversationIds, ...(folderId && { folderId }) }, again);
    done += conversationIds.length;
    if (!(await saveProgress(pool, job.id, owner, { done, failed, undo }))) {
      await keepLastBatch(pool, job.id, owner, { done, failed, undo });
      return;
    }
  }
  await saveProgress(pool, job.id, owner, { state: 'done' });
}

/** Looks the conversations up, anew if an earlier try broke off. */
async function collect(services: Services, job: ClaimedJob): Promise<number> {
  const { pool } = services;
  await dropItems(pool, job.id);
  const { scope } = job;
  if (scope.kind === 'folder') {
    const keyword = keywordOfId(scope.folderId);
    return collectView(pool, job, keyword === null ? scope.folderId : await viewOfLabel(services, job.accountId, keyword), scope.filter);
  }
  let total = 0;
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await searchConversations(pool, { accountId: job.accountId, query: scope.q, folderId: scope.folderId, limit: PAGE_LIMIT, cursor });
    await addItems(pool, job.id, total + 1, page.rows.map((row) => row.conversationId));
    total += page.rows.length;
    cursor = page.nextCursor ?? undefined;
    more = page.nextCursor !== null;
  }
  return total;
}

async function goBack(services: Services, job: ClaimedJob, owner: string): Promise<void> {
  for (;;) {
    const last = await lastUndoStep(services.pool, job.id);
    if (!last) break;
    // Steps are few: whether another has begun with this one is not worth knowing.
    const { failed } = await patiently(services, job, owner, last.action, true);
    if (!(await saveProgress(services.pool, job.id, owner, { failed, taken: last.step }))) return;
  }
  await saveProgress(services.pool, job.id, owner, { state: 'undone' });
}

/** Acts; when all of it is refused, waits for the mail store to come back, for some seconds, before that counts. */
async function patiently(
  services: Services, job: ClaimedJob, owner: string, body: ActionBody, again: boolean,
): Promise<{ failed: number; undo: ActionBody[] }> {
  for (let tries = 1; ; tries++) {
    const { results, undo } = await act(services, job, body, { again: again || tries > 1 });
    const failed = results.filter((result) => result.status === 'failed').length;
    if (failed < results.length || failed === 0 || tries === STORE_TRIES) return { failed, undo: undo ?? [] };
    await sleep(STORE_PAUSE_MS);
    if (!(await saveProgress(services.pool, job.id, owner, {}))) return { failed: 0, undo: [] };
  }
}
