// Filters on mail that is here already: what would match, and doing it.
import { countMatches, findMatches, type FilterMatch } from '../../mailbox/filter-match.store.ts';
import type { FilterActions, FilterConditions, FilterPreview, FilterRun } from '../contract/filters.ts';
import { act } from '../mailbox/act.ts';
import { emailIdOf } from '../message/email-id.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';

const MOST_COUNTED = 10_000;
const SHOWN = 20;
/** What one request moves; it takes the mail store some ten seconds. */
const MOST_RUN = 5_000;
const BATCH = 500;

export async function previewFilter({ pool }: Services, { accountId }: Session, conditions: FilterConditions): Promise<FilterPreview> {
  const [count, found] = await Promise.all([
    countMatches(pool, accountId, conditions, MOST_COUNTED + 1),
    findMatches(pool, accountId, conditions, SHOWN),
  ]);
  return {
    count: Math.min(count, MOST_COUNTED),
    capped: count > MOST_COUNTED,
    items: found.map((match) => ({
      id: emailIdOf(match),
      conversationId: match.conversationId,
      from: { name: match.fromName, address: match.fromAddress },
      subject: match.subject,
      date: match.receivedAt.toISOString(),
    })),
  };
}

/** The newest first. Flags before the move, which gives messages new places. */
export async function runFilter(services: Services, session: Session, conditions: FilterConditions, actions: FilterActions): Promise<FilterRun> {
  const found = await findMatches(services.pool, session.accountId, conditions, MOST_RUN + 1);
  const taken = found.slice(0, MOST_RUN);
  let failed = 0;
  for (let start = 0; start < taken.length; start += BATCH) failed += await runBatch(services, session, taken.slice(start, start + BATCH), actions);
  return { matched: taken.length, done: taken.length - failed, failed, left: found.length > MOST_RUN };
}

/** @returns how many messages failed in one of the actions */
async function runBatch(services: Services, session: Session, batch: readonly FilterMatch[], actions: FilterActions): Promise<number> {
  const emailIds = batch.map(emailIdOf);
  const failed = new Set<string>();
  const carryOut = async (body: Parameters<typeof act>[2]) => {
    for (const { id, status } of (await act(services, session, body)).results) if (status === 'failed') failed.add(id);
  };
  if (actions.markRead) await carryOut({ action: 'read', emailIds });
  if (actions.star) await carryOut({ action: 'star', emailIds });
  if (actions.label) await carryOut({ action: 'label', emailIds, addLabels: [actions.label] });
  if (actions.moveTo) await carryOut({ action: 'move', emailIds, targetFolderId: actions.moveTo });
  return failed.size;
}
