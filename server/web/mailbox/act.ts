// Actions on conversations and messages: the mail store first, then the same change in the index, item by item, so
// that each one's fate is told.
import { applyDelete, applyFlags, applyMove } from '../../mailbox/apply.ts';
import { getMessageRows, placesOfConversations } from '../../mailbox/conversation.store.ts';
import type { FlagChanges } from '../../mailbox/item.store.ts';
import { WildduckError } from '../../infra/wildduck/errors.ts';
import { AppError } from '../api/app-error.ts';
import { forgetDraftCopies } from '../compose/drafts.ts';
import type { ActionBody, ActionName, ActionResult, SpecialUse } from '../contract/mailbox.ts';
import { emailIdOf, parseEmailId } from '../message/email-id.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';

interface Place {
  /** The id that the client named: a conversation's or a message's. */
  item: string;
  folderId: string;
  uid: number;
  folderUse: SpecialUse | null;
  unread: boolean;
  starred: boolean;
}

const FLAG_CHANGES: Partial<Record<ActionName, Pick<FlagChanges, 'unread' | 'starred'>>> = {
  read: { unread: false },
  unread: { unread: true },
  star: { starred: true },
  unstar: { starred: false },
};
const TARGET_USE: Partial<Record<ActionName, SpecialUse>> = { archive: 'archive', trash: 'trash', spam: 'junk', notSpam: 'inbox' };
/** Without a folder to act in, these stay where they are. */
const LEFT_ALONE: ReadonlySet<SpecialUse | null> = new Set<SpecialUse>(['sent', 'drafts', 'junk', 'trash']);
const DELETABLE: ReadonlySet<SpecialUse | null> = new Set<SpecialUse>(['trash', 'junk', 'drafts']);
const STORE_BATCH = 500;

/** Carries out an action. Items are independent: one that fails leaves the others done. */
export async function act(services: Services, session: Session, body: ActionBody): Promise<ActionResult> {
  const named = [...new Set([...(body.conversationIds ?? []), ...(body.emailIds ?? [])])];
  const places = await findPlaces(services, session, body);
  const fates = new Map<string, ActionResult['results'][number]>();
  for (const item of named) {
    fates.set(item, { id: item, status: places.some((place) => place.item === item) ? 'unchanged' : 'not_found' });
  }
  const flags = FLAG_CHANGES[body.action];
  const undo = flags
    ? await changeFlags(services, session, places, flags, fates)
    : body.action === 'delete'
      ? await deleteForGood(services, session, places, fates)
      : await move(services, session, places, await targetOf(services, session, body), fates);
  return { results: [...fates.values()], undo };
}

/** The messages that an action is about, each with the item it stands for. */
async function findPlaces(services: Services, session: Session, body: ActionBody): Promise<Place[]> {
  const emails = (body.emailIds ?? []).flatMap((id) => parseEmailId(id) ?? []);
  const [ofConversations, ofEmails] = await Promise.all([
    body.conversationIds?.length
      ? placesOfConversations(services.pool, { accountId: session.accountId, conversationIds: body.conversationIds })
      : [],
    emails.length > 0 ? getMessageRows(services.pool, session.accountId, emails) : [],
  ]);
  const places: Place[] = ofEmails.map((row) => ({ ...row, item: emailIdOf(row) }));
  const byConversation = Map.groupBy(ofConversations, (place) => place.conversationId);
  for (const [item, messages] of byConversation) places.push(...choose(body, messages).map((message) => ({ ...message, item })));
  return places;
}

type Placed = Awaited<ReturnType<typeof placesOfConversations>>[number];

/** Which messages of a conversation an action takes; see `actionName` in the contract. Messages come oldest first. */
function choose(body: ActionBody, messages: Placed[]): Placed[] {
  const here = body.folderId === undefined ? messages : messages.filter((message) => message.folderId === body.folderId);
  const asides: ReadonlySet<SpecialUse | null> = new Set<SpecialUse>(['junk', 'trash']);
  const inAside = here.length > 0 && here.every((message) => asides.has(message.folderUse));
  const visible = inAside ? here : messages.filter((message) => !asides.has(message.folderUse));
  switch (body.action) {
    case 'read':
      return visible.filter((message) => message.unread);
    case 'unstar':
      return visible.filter((message) => message.starred);
    case 'star':
    case 'unread': {
      const received = here.filter((message) => message.folderUse !== 'sent' && message.folderUse !== 'drafts');
      return [(received.length > 0 ? received : here.length > 0 ? here : visible).at(-1)!].filter(Boolean);
    }
    case 'archive':
    case 'trash':
    case 'spam':
    case 'notSpam':
    case 'move':
    case 'delete':
      return body.folderId === undefined ? messages.filter((message) => !LEFT_ALONE.has(message.folderUse)) : here;
  }
}

async function targetOf(services: Services, session: Session, body: ActionBody): Promise<string> {
  const use = TARGET_USE[body.action];
  return use === undefined ? body.targetFolderId! : services.facts.folderFor(session, use);
}

async function changeFlags(
  services: Services,
  session: Session,
  places: Place[],
  changes: Pick<FlagChanges, 'unread' | 'starred'>,
  fates: Map<string, ActionResult['results'][number]>,
): Promise<ActionResult['undo']> {
  const stale = places.filter(
    (place) =>
      (changes.unread !== undefined && place.unread !== changes.unread) || (changes.starred !== undefined && place.starred !== changes.starred),
  );
  const storeChanges = {
    ...(changes.unread === undefined ? {} : { seen: !changes.unread }),
    ...(changes.starred === undefined ? {} : { flagged: changes.starred }),
  };
  const done = await perFolder(services, stale, fates, async (folderId, batch) => {
    await services.wildduck.updateMessages({ userId: session.wildduckUserId, mailboxId: folderId }, batch.map((place) => place.uid), storeChanges);
    await applyFlags(services.pool, { accountId: session.accountId, places: batch, changes });
  });
  if (done.length === 0) return null;
  const back: ActionName = changes.unread !== undefined ? (changes.unread ? 'read' : 'unread') : changes.starred ? 'unstar' : 'star';
  return [{ action: back, emailIds: done.map(emailIdOf) }];
}

async function move(
  services: Services,
  session: Session,
  places: Place[],
  targetFolderId: string,
  fates: Map<string, ActionResult['results'][number]>,
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

async function deleteForGood(
  services: Services,
  session: Session,
  places: Place[],
  fates: Map<string, ActionResult['results'][number]>,
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

/** Runs `work` on batches of one folder each, and records what became of the items. @returns the places that were done */
async function perFolder(
  services: Services,
  places: Place[],
  fates: Map<string, ActionResult['results'][number]>,
  work: (folderId: string, batch: Place[]) => Promise<void>,
): Promise<Place[]> {
  const done: Place[] = [];
  for (const [folderId, inFolder] of Map.groupBy(places, (place) => place.folderId)) {
    for (let start = 0; start < inFolder.length; start += STORE_BATCH) {
      const batch = inFolder.slice(start, start + STORE_BATCH);
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
  }
  return done;
}
