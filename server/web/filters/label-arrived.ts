// Chore: gives arriving mail the labels of the owner's filters. The mail store has moved and marked it by then.
import { listFilters } from '../../filters/filter.store.ts';
import { findMatches } from '../../mailbox/filter-match.store.ts';
import { dropLabelDue, takeLabelDue, type LabelDue } from '../../mailbox/label-due.store.ts';
import { act } from '../mailbox/act.ts';
import { emailIdOf } from '../message/email-id.ts';
import type { Services } from '../services.ts';

const BATCH = 200;

/** Several processes may do so at once; a label that is there already stays. */
export async function labelArrived(services: Services): Promise<void> {
  const due = await takeLabelDue(services.pool, BATCH);
  for (const messages of Map.groupBy(due, (message) => message.accountId).values()) {
    try {
      await labelMessages(services, messages);
    } catch (error) {
      services.log.warn({ err: (error as Error).message, account: messages[0]!.accountId }, 'arrived messages are labelled later');
    }
  }
}

async function labelMessages(services: Services, due: readonly LabelDue[]): Promise<void> {
  const { accountId, wildduckUserId } = due[0]!;
  const keys = due.map((message) => message.messageKey);
  let failed = false;
  for (const { enabled, conditions, actions } of await listFilters(services.pool, accountId)) {
    if (!enabled || actions.label === undefined) continue;
    const emailIds = (await findMatches(services.pool, accountId, conditions, keys.length * 2, keys)).map(emailIdOf);
    if (emailIds.length === 0) continue;
    const { results } = await act(services, { accountId, wildduckUserId }, { action: 'label', emailIds, addLabels: [actions.label] });
    failed ||= results.some(({ status }) => status === 'failed');
  }
  if (!failed) await dropLabelDue(services.pool, accountId, keys);
}
