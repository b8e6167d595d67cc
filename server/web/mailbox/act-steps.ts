// The steps of an action: flags, labels, moves and deletion, each in the mail store first and then the same in the index,
// batch by batch of one folder. Which messages an action is about is act.ts's.
import { applyDelete, applyFlags, applyMove } from '../../mailbox/apply.ts';
import type { FlagChanges } from '../../mailbox/item.store.ts';
import { WildduckError } from '../../infra/wildduck/errors.ts';
import type { ChangedMessage } from '../../infra/wildduck/flag-store.ts';
import { AppError, fieldError } from '../api/app-error.ts';
import { forgetDraftCopies } from '../compose/drafts.ts';
import type { ActionBody, ActionName, ActionResult, SpecialUse } from '../contract/mailbox.ts';
import { keywordOfId, labelIdOf } from '../labels/label-id.ts';
import { emailIdOf } from '../message/email-id.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';

/** Whose mailbox it is: a session, or an account that a job works for. */
export type Actor = Pick<Session, 'accountId' | 'wildduckUserId'>;

export interface Place {
  /** The id that the client named: a conversation's or a message's. */
  item: string;
  folderId: string;
  uid: number;
  folderUse: SpecialUse | null;
  unread: boolean;
  starred: boolean;
  labels: readonly string[];
  messageKey: string;
}

export type FlagStep = Pick<FlagChanges, 'unread' | 'starred'>;
export type Fates = Map<string, ActionResult['results'][number]>;

const DELETABLE: ReadonlySet<SpecialUse | null> = new Set<SpecialUse>(['trash', 'junk', 'drafts']);
const STORE_BATCH = 500;
/** Batches of flags under way at once: while one is written in the mail store, the index takes another. */
const FLAG_HANDS = 2;

export async function changeFlags(
  services: Services,
  session: Actor,
  places: Place[],
  changes: FlagStep,
  fates: Fates,
  again: boolean,
): Promise<ActionResult['undo']> {
  const stale = places.filter(
    (place) =>
      (changes.unread !== undefined && place.unread !== changes.unread) || (changes.starred !== undefined && place.starred !== changes.starred),
  );
  const set = [...(changes.unread === false ? ['\\Seen'] : []), ...(changes.starred === true ? ['\\Flagged'] : [])];
  const taken = [...(changes.unread === true ? ['\\Seen'] : []), ...(changes.starred === false ? ['\\Flagged'] : [])];
  const done = await perFolder(services, stale, fates, async (folderId, batch) => {
    await services.flags.changeFlags({ userId: session.wildduckUserId, mailboxId: folderId }, batch.map((place) => place.uid), { add: set, remove: taken }, { again });
    await applyFlags(services.pool, { accountId: session.accountId, places: batch, changes });
  }, FLAG_HANDS);
  if (done.length === 0) return null;
  const back: ActionName = changes.unread !== undefined ? (changes.unread ? 'read' : 'unread') : changes.starred ? 'unstar' : 'star';
  return [{ action: back, emailIds: done.map(emailIdOf) }];
}

/**
 * Sets and takes labels. The way back is told for exactly the messages that had a label, or had it not; after a try that
 * died (`again`), for what the index says of those that are as wanted already.
 */
export async function label(
  services: Services,
  session: Actor,
  places: Place[],
  body: Pick<ActionBody, 'addLabels' | 'removeLabels'>,
  fates: Fates,
  again: boolean,
): Promise<ActionResult['undo']> {
  const add = keywords(body.addLabels, 'addLabels');
  const remove = keywords(body.removeLabels, 'removeLabels').filter((keyword) => !add.includes(keyword));
  const stale = places.filter((place) => {
    const has = new Set(place.labels.map((name) => name.toLowerCase()));
    return add.some((keyword) => !has.has(keyword)) || remove.some((keyword) => has.has(keyword));
  });
  const back = new Map<string, { change: Pick<ActionBody, 'addLabels' | 'removeLabels'>; emailIds: string[] }>();
  await perFolder(services, stale, fates, async (folderId, batch) => {
    const changed = await services.flags.changeFlags(
      { userId: session.wildduckUserId, mailboxId: folderId }, batch.map((place) => place.uid), { add, remove }, { again },
    );
    if (again) changed.push(...doneBefore(batch, changed, add, remove));
    await applyFlags(services.pool, { accountId: session.accountId, places: batch, changes: { addLabels: add, removeLabels: remove } });
    for (const { uid, added, removed } of changed) {
      const key = `${added.join()} ${removed.join()}`;
      const step = back.get(key) ?? {
        change: { ...(removed.length > 0 && { addLabels: removed.map(labelIdOf) }), ...(added.length > 0 && { removeLabels: added.map(labelIdOf) }) },
        emailIds: [],
      };
      step.emailIds.push(emailIdOf({ folderId, uid }));
      back.set(key, step);
    }
  }, FLAG_HANDS);
  return back.size === 0 ? null : [...back.values()].map(({ change, emailIds }) => ({ action: 'label', emailIds, ...change }));
}

/** What a try before this one changed, by the index, which had not heard of it. */
function doneBefore(batch: readonly Place[], changed: readonly ChangedMessage[], add: readonly string[], remove: readonly string[]): ChangedMessage[] {
  const now = new Set(changed.map(({ uid }) => uid));
  return batch.filter(({ uid }) => !now.has(uid)).map(({ uid, labels }) => {
    const had = new Set(labels.map((name) => name.toLowerCase()));
    return { uid, added: add.filter((keyword) => !had.has(keyword)), removed: remove.filter((keyword) => had.has(keyword)) };
  });
}

function keywords(ids: readonly string[] | undefined, field: string): string[] {
  return (ids ?? []).map((id, index) => {
    const keyword = keywordOfId(id);
    if (keyword === null) throw fieldError(`${field}.${index}`, 'not a label');
    return keyword;
  });
}

export async function move(
  services: Services,
  session: Actor,
  places: Place[],
  targetFolderId: string,
  fates: Fates,
): Promise<ActionResult['undo']> {
  const backByFolder = new Map<string, string[]>();
  const movable = places.filter((place) => place.folderId !== targetFolderId);
  const done = await perFolder(services, movable, fates, async (folderId, batch) => {
    const { moved } = await services.wildduck.updateMessages(
      { userId: session.wildduckUserId, mailboxId: folderId },
      batch.map((place) => place.uid),
      { moveTo: targetFolderId },
    );
    await applyMove(services.pool, { accountId: session.accountId, folderId, targetFolderId, moved });
    const ids = backByFolder.get(folderId) ?? [];
    backByFolder.set(folderId, [...ids, ...moved.map((pair) => emailIdOf({ folderId: targetFolderId, uid: pair.to }))]);
  });
  await forgetDraftCopies(services, session, done.filter((place) => place.folderUse === 'drafts'));
  const undo = [...backByFolder].filter(([, emailIds]) => emailIds.length > 0);
  return undo.length === 0 ? null : undo.map(([folderId, emailIds]) => ({ action: 'move' as const, emailIds, targetFolderId: folderId }));
}

export async function deleteForGood(
  services: Services,
  session: Actor,
  places: Place[],
  fates: Fates,
): Promise<null> {
  if (places.some((place) => !DELETABLE.has(place.folderUse))) {
    throw new AppError('invalid_request', { text: 'Only messages in Trash, Spam and Drafts can be deleted for good.' });
  }
  const done = await perFolder(services, places, fates, async (folderId, batch) => {
    for (const place of batch) {
      await services.wildduck.deleteMessage({ userId: session.wildduckUserId, mailboxId: folderId, uid: place.uid });
    }
    await applyDelete(services.pool, { accountId: session.accountId, places: batch });
  });
  await forgetDraftCopies(services, session, done.filter((place) => place.folderUse === 'drafts'));
  return null;
}

/** Runs `work` on batches of one folder each, `hands` at once, and records what became of the items. @returns the places that were done */
async function perFolder(
  services: Services,
  places: Place[],
  fates: Fates,
  work: (folderId: string, batch: Place[]) => Promise<void>,
  hands = 1,
): Promise<Place[]> {
  const done: Place[] = [];
  const waiting = [...Map.groupBy(places, (place) => place.folderId)].flatMap(([folderId, inFolder]) =>
    Array.from({ length: Math.ceil(inFolder.length / STORE_BATCH) }, (_, n) => ({ folderId, batch: inFolder.slice(n * STORE_BATCH, (n + 1) * STORE_BATCH) })));
  const hand = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { folderId, batch } = next;
      try {
        await work(folderId, batch);
        done.push(...batch);
        for (const { item } of batch) if (fates.get(item)?.status !== 'failed') fates.set(item, { id: item, status: 'done' });
      } catch (error) {
        if (!(error instanceof WildduckError)) throw error;
        services.log.warn({ err: error.message, storeCode: error.storeCode, folderId }, 'the mail store refused an action');
        const message = error.code === 'not-found' ? 'The folder is no longer there.' : 'The mail store did not take the change.';
        for (const { item } of batch) fates.set(item, { id: item, status: 'failed', message });
      }
    }
  };
  // Every hand is waited for, also when one fails: nothing may still be written after this returns.
  const outcomes = await Promise.allSettled(Array.from({ length: hands }, hand));
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure) throw failure.reason;
  return done;
}
