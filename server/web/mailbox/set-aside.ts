// Snooze and mute: what they do to messages, and the work that time and new mail bring (chores.ts). The mail store moves,
// the index follows, the tables of snooze.store.ts say why.
import { applyFlags, applyMove } from '../../mailbox/apply.ts';
import {
  claimDue, dropStaleSleep, forgetSleep, mute, noteAwake, placesOfMessages, putToSleep, takeMutedDue, TRY_LIMIT, unmute, type DueMessage,
} from '../../mailbox/snooze.store.ts';
import { WildduckError } from '../../infra/wildduck/errors.ts';
import { fieldError } from '../api/app-error.ts';
import type { ActionBody, ActionResult } from '../contract/mailbox.ts';
import type { Services } from '../services.ts';
import { move, type Actor, type Fates, type Place } from './act-steps.ts';

const WAKE_BATCH = 200;
const LONGEST_MS = 5 * 366 * 24 * 3_600_000;

/** Puts messages away until `until`, or gives those that are away another time. */
export async function snooze(services: Services, session: Actor, places: Place[], until: string | undefined, fates: Fates): Promise<ActionResult['undo']> {
  const wakeAt = new Date(until ?? '');
  const now = Date.now();
  if (!(wakeAt.getTime() > now) || wakeAt.getTime() > now + LONGEST_MS) throw fieldError('until', 'a moment to come, at most five years away');
  // Noted first: a message that is away without a note would never come back.
  await putToSleep(services.pool, session.accountId, places, wakeAt);
  const target = await services.facts.folderFor(session, 'snoozed');
  const undo = await move(services, session, places, target, fates);
  const refused = places.filter((place) => fates.get(place.item)?.status === 'failed');
  await forgetSleep(services.pool, session.accountId, refused.map((place) => place.messageKey));
  for (const place of places) if (fates.get(place.item)?.status === 'unchanged') fates.set(place.item, { id: place.item, status: 'done' });
  return undo?.map(({ emailIds }) => ({ action: 'unsnooze' as const, emailIds })) ?? null;
}

/** Back to where it was, as it was, before its time. */
export async function unsnooze(services: Services, session: Actor, places: Place[], fates: Fates): Promise<null> {
  const known = new Map((await placesOfMessages(services.pool, session.accountId, places.map((place) => place.messageKey))).map((place) => [place.messageKey, place.origin]));
  const inbox = await services.facts.folderFor(session, 'inbox');
  for (const [target, some] of Map.groupBy(places, (place) => known.get(place.messageKey) ?? inbox)) await move(services, session, some, target, fates);
  await forgetSleep(services.pool, session.accountId, places.map((place) => place.messageKey));
  return null;
}

/** Mutes conversations and takes what of them lies in the inbox out of it. */
export async function muteConversations(services: Services, session: Actor, body: ActionBody, places: Place[], fates: Fates): Promise<ActionResult['undo']> {
  const muted = await mute(services.pool, session.accountId, body.conversationIds ?? []);
  for (const id of muted) fates.set(id, { id, status: 'done' });
  const back = places.length > 0 ? await move(services, session, places, await services.facts.folderFor(session, 'archive'), fates) : null;
  const undo: ActionBody[] = [...(muted.length > 0 ? [{ action: 'unmute' as const, conversationIds: muted }] : []), ...(back ?? [])];
  return undo.length > 0 ? undo : null;
}

/** What comes in from now on is shown again; what went past stays where it is. */
export async function unmuteConversations(services: Services, session: Actor, body: ActionBody, fates: Fates): Promise<ActionResult['undo']> {
  const changed = await unmute(services.pool, session.accountId, body.conversationIds ?? []);
  for (const id of changed) fates.set(id, { id, status: 'done' });
  return changed.length > 0 ? [{ action: 'mute', conversationIds: changed }] : null;
}

/** Brings back what is due, on top of the inbox and unread. Several processes may do so at once. */
export async function wakeSnoozed(services: Services): Promise<void> {
  for (;;) {
    const due = await claimDue(services.pool, WAKE_BATCH);
    for (const messages of Map.groupBy(due, (message) => message.accountId).values()) {
      try {
        await wakeMessages(services, messages);
      } catch (error) {
        services.log.warn({ err: (error as Error).message, account: messages[0]!.accountId }, 'snoozed messages could not be brought back; they are tried again');
      }
    }
    if (due.length < WAKE_BATCH) return;
  }
}

async function wakeMessages(services: Services, due: DueMessage[]): Promise<void> {
  const { pool } = services;
  const { accountId, wildduckUserId } = due[0]!;
  const places = await placesOfMessages(pool, accountId, due.map((message) => message.messageKey));
  const asleep = places.filter((place) => place.folderUse === 'snoozed');
  const inbox = await services.facts.folderFor({ wildduckUserId }, 'inbox');
  const known = new Set(asleep.map((place) => place.messageKey));
  // A first try that finds nothing there: its owner has taken it out by hand. Later ones: a worker died after the move.
  const gone = due.filter((message) => !known.has(message.messageKey));
  const moved = gone.filter((message) => message.tries > 1 && places.some((place) => place.messageKey === message.messageKey && place.folderId === inbox));
  await forgetSleep(pool, accountId, [...gone.filter((message) => !moved.includes(message)), ...due.filter((message) => message.tries > TRY_LIMIT)].map((message) => message.messageKey));
  const back = places.filter((place) => place.folderId === inbox && moved.some((message) => message.messageKey === place.messageKey));
  for (const [folderId, some] of Map.groupBy(asleep, (place) => place.folderId)) {
    const uids = some.map((place) => place.uid);
    await services.flags.changeFlags({ userId: wildduckUserId, mailboxId: folderId }, uids, { remove: ['\\Seen'] });
    await applyFlags(pool, { accountId, places: some, changes: { unread: true } });
    const { moved: pairs } = await services.wildduck.updateMessages({ userId: wildduckUserId, mailboxId: folderId }, uids, { moveTo: inbox });
    // Before the rows are made: they ask for it.
    await noteAwake(pool, accountId, some.map((place) => place.messageKey));
    await applyMove(pool, { accountId, folderId, targetFolderId: inbox, moved: pairs });
  }
  if (back.length > 0) {
    await noteAwake(pool, accountId, back.map((place) => place.messageKey));
    await applyFlags(pool, { accountId, places: back, changes: { unread: true } });
  }
}

/** Takes new messages of muted conversations out of the inbox. */
export async function archiveMuted(services: Services): Promise<void> {
  const due = await takeMutedDue(services.pool, WAKE_BATCH);
  for (const [accountId, places] of Map.groupBy(due, (place) => place.accountId)) {
    const { wildduckUserId } = places[0]!;
    try {
      const target = await services.facts.folderFor({ wildduckUserId }, 'archive');
      for (const [folderId, some] of Map.groupBy(places, (place) => place.folderId)) {
        const { moved } = await services.wildduck.updateMessages({ userId: wildduckUserId, mailboxId: folderId }, some.map((place) => place.uid), { moveTo: target });
        await applyMove(services.pool, { accountId, folderId, targetFolderId: target, moved });
      }
    } catch (error) {
      if (!(error instanceof WildduckError)) throw error;
      services.log.warn({ err: error.message, account: accountId }, 'messages of muted conversations stay in the inbox for now');
    }
  }
}

export const forgetStaleSleep = ({ pool }: Services): Promise<number> => dropStaleSleep(pool);
