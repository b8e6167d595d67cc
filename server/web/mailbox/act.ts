// Actions on conversations and messages: the mail store first, then the same change in the index, item by item, so
// that each one's fate is told.
import { getMessageRows, placesOfConversations } from '../../mailbox/conversation.store.ts';
import type { ActionBody, ActionName, ActionResult, SpecialUse } from '../contract/mailbox.ts';
import { emailIdOf, parseEmailId } from '../message/email-id.ts';
import type { Services } from '../services.ts';
import { muteConversations, snooze, unmuteConversations, unsnooze } from './set-aside.ts';
import { noteJudgement } from './train-spam.ts';
import { changeFlags, deleteForGood, label, move, type Actor, type Fates, type FlagStep, type Place } from './act-steps.ts';

const FLAG_CHANGES: Partial<Record<ActionName, FlagStep>> = {
  read: { unread: false },
  unread: { unread: true },
  star: { starred: true },
  unstar: { starred: false },
};
const TARGET_USE: Partial<Record<ActionName, SpecialUse>> = { archive: 'archive', trash: 'trash', spam: 'junk', notSpam: 'inbox' };
/** The contract's limit of messages in one body. */
const EMAILS_PER_STEP = 5000;
/** Without a folder to act in, these stay where they are. */
const LEFT_ALONE: ReadonlySet<SpecialUse | null> = new Set<SpecialUse>(['sent', 'drafts', 'junk', 'trash']);

/**
 * Carries out an action. Items are independent: one that fails leaves the others done.
 * @param options.again whoever began with this very action may have died at any step of it
 */
export async function act(services: Services, session: Actor, body: ActionBody, { again = false } = {}): Promise<ActionResult> {
  const named = [...new Set([...(body.conversationIds ?? []), ...(body.emailIds ?? [])])];
  const places = await findPlaces(services, session, body);
  const fates: Fates = new Map();
  for (const item of named) {
    fates.set(item, { id: item, status: places.some((place) => place.item === item) ? 'unchanged' : 'not_found' });
  }
  const flags = FLAG_CHANGES[body.action];
  let undo: ActionResult['undo'];
  if (flags) undo = await changeFlags(services, session, places, flags, fates, again);
  else if (body.action === 'label') undo = await label(services, session, places, body, fates, again);
  else if (body.action === 'snooze') undo = await snooze(services, session, places, body.until, fates);
  else if (body.action === 'unsnooze') undo = await unsnooze(services, session, places, fates);
  else if (body.action === 'mute') undo = await muteConversations(services, session, body, places, fates);
  else if (body.action === 'unmute') undo = await unmuteConversations(services, session, body, fates);
  else if (body.action === 'delete') undo = await deleteForGood(services, session, places, fates);
  else undo = await move(services, session, places, await targetOf(services, session, body), fates);
  if (body.action === 'spam' || body.action === 'notSpam') await noteJudgement(services, session, body.action === 'spam', undo);
  return { results: [...fates.values()], undo: undo?.flatMap(inSteps) ?? null };
}

/** The messages that an action is about, each with the item it stands for. */
async function findPlaces(services: Services, session: Actor, body: ActionBody): Promise<Place[]> {
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
    case 'label':
      return visible;
    case 'star':
    case 'unread': {
      const received = here.filter((message) => message.folderUse !== 'sent' && message.folderUse !== 'drafts');
      return [(received.length > 0 ? received : here.length > 0 ? here : visible).at(-1)!].filter(Boolean);
    }
    case 'mute':
      return messages.filter((message) => message.folderUse === 'inbox');
    case 'unmute':
      return [];
    case 'unsnooze':
      return messages.filter((message) => message.folderUse === 'snoozed');
    case 'snooze': {
      const shown = body.folderId === undefined ? messages.filter((message) => message.folderUse === 'inbox' || message.folderUse === 'snoozed') : here;
      return (shown.length > 0 ? shown : messages).filter((message) => !LEFT_ALONE.has(message.folderUse));
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

async function targetOf(services: Services, session: Actor, body: ActionBody): Promise<string> {
  const use = TARGET_USE[body.action];
  return use === undefined ? body.targetFolderId! : services.facts.folderFor(session, use);
}

/** A step back as steps that the same route takes: five hundred conversations can hold more messages than it does. */
function inSteps(step: ActionBody): ActionBody[] {
  const { emailIds } = step;
  if (!emailIds || emailIds.length <= EMAILS_PER_STEP) return [step];
  return Array.from({ length: Math.ceil(emailIds.length / EMAILS_PER_STEP) }, (_, n) => ({
    ...step, emailIds: emailIds.slice(n * EMAILS_PER_STEP, (n + 1) * EMAILS_PER_STEP),
  }));
}
