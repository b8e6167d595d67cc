// An account brought up to date from the store's journal: the ordinary way in which changes reach the index.
// Where the journal cannot tell (it keeps three hours), compare-account.ts compares instead.
import type { Pool } from '../infra/db/pool.ts';
import { firstIdAt, type JournalEntry, type WildduckStore } from '../infra/wildduck/store.ts';
import type { AccountPosition, Writer } from './account.store.ts';
import { compareFolders } from './compare-folders.ts';
import { takeIn, WRITE_CHUNK } from './compare-mailbox.ts';
import { unconfirmedItems } from './item.store.ts';
import type { ItemPlace } from './types.ts';
import { writeChanges } from './write-changes.ts';

const JOURNAL_CHUNK = 2000;
/**
 * Entries get their ids from the process that writes them, a moment before they can be read. Reading starts this
 * far before the newest one seen, so that none slips through; what was written already costs a look-up.
 */
const OVERLAP_MS = 10_000;
/** The store keeps its journal for three hours. A position older than this may have lost entries. */
export const JOURNAL_REACH_MS = 2.5 * 3_600_000;

/**
 * Whether the journal still holds everything since this position. It does not forget what nobody wrote: while polls
 * came without a gap, an account that was not followed had nothing new.
 * @param gaplessSince see poll.store.ts
 */
export function journalReaches(position: AccountPosition, now: Date, gaplessSince: Date): boolean {
  if (position.state !== 'ready' || position.journalId === null || position.followedAt === null) return false;
  return now.getTime() - position.followedAt.getTime() < JOURNAL_REACH_MS || position.followedAt >= gaplessSince;
}

/** The journal position from which an account that is being compared at `now` goes on. */
export function positionAt(now: Date): string {
  return firstIdAt(now).toHexString();
}

/**
 * Applies all journal entries since the position. Idempotent, and safe to repeat after a crash at any moment:
 * the position moves only when everything before it is written.
 * @param seen entries that this process has applied already, to be skipped in the overlap; it is added to
 * @returns the new position and the number of entries applied
 */
export async function followJournal(
  deps: { pool: Pool; store: WildduckStore },
  position: AccountPosition & { journalId: string },
  writer: Writer,
  now: Date,
  seen: Set<string>,
): Promise<{ journalId: string; applied: number }> {
  let journalId = position.journalId;
  let after = overlapStart(journalId);
  let applied = 0;
  for (;;) {
    const entries = await deps.store.readJournal(position.userId, after, JOURNAL_CHUNK);
    const fresh = entries.filter((entry) => !seen.has(entry.id));
    await applyEntries(deps, position, writer, fresh);
    for (const entry of fresh) seen.add(entry.id);
    applied += fresh.length;
    const last = entries.at(-1);
    if (last) after = last.id;
    if (last && last.id > journalId) journalId = last.id;
    if (entries.length < JOURNAL_CHUNK) break;
  }
  if (applied > 0 || staleNote(position, now)) {
    await writeChanges(deps.pool, position.accountId, writer, { position: { journalId, followedAt: now } });
  }
  return { journalId, applied };
}

/** `followedAt` is kept fresh enough to tell a gap, without a write per look. */
function staleNote(position: AccountPosition, now: Date): boolean {
  return position.followedAt === null || now.getTime() - position.followedAt.getTime() > JOURNAL_REACH_MS / 10;
}

function overlapStart(journalId: string): string {
  const seconds = parseInt(journalId.slice(0, 8), 16);
  return firstIdAt(new Date(seconds * 1000 - OVERLAP_MS)).toHexString();
}

async function applyEntries(
  deps: { pool: Pool; store: WildduckStore },
  position: AccountPosition,
  writer: Writer,
  entries: readonly JournalEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const { accountId, userId } = position;
  // Entries about mailboxes themselves carry no UID. A change of special use makes none, so the folders are
  // compared whenever anything happened: one small read.
  const mailboxes = await deps.store.listMailboxes(userId);
  await compareFolders(deps.pool, accountId, writer, mailboxes);
  const present = new Set(mailboxes.map((mailbox) => mailbox.id));
  const { changed, gone } = sortOut(entries.filter((entry) => entry.mailboxId !== null && present.has(entry.mailboxId)));
  for (const [mailboxId, uids] of changed) {
    for (let start = 0; start < uids.length; start += WRITE_CHUNK) {
      await takeIn(deps, accountId, writer, mailboxId, uids.slice(start, start + WRITE_CHUNK));
    }
  }
  for (let start = 0; start < gone.length; start += WRITE_CHUNK) {
    await writeChanges(deps.pool, accountId, writer, { removed: gone.slice(start, start + WRITE_CHUNK) });
  }
}

/** UIDs to read again by mailbox, and places that are empty for good: a UID is never given out twice. */
function sortOut(entries: readonly JournalEntry[]): { changed: Map<string, number[]>; gone: ItemPlace[] } {
  const gone = new Map<string, ItemPlace>();
  const changed = new Map<string, Set<number>>();
  for (const entry of entries) {
    if (entry.uid === null || entry.mailboxId === null) continue;
    if (entry.command === 'EXPUNGE') gone.set(`${entry.mailboxId}:${entry.uid}`, { folderId: entry.mailboxId, uid: entry.uid });
    else changed.set(entry.mailboxId, (changed.get(entry.mailboxId) ?? new Set()).add(entry.uid));
  }
  for (const { folderId, uid } of gone.values()) changed.get(folderId)?.delete(uid);
  return {
    changed: new Map([...changed].map(([mailboxId, uids]) => [mailboxId, [...uids].sort((a, b) => a - b)])),
    gone: [...gone.values()],
  };
}

/**
 * Looks in the store for rows that the web made after moves and that the journal has not confirmed, and removes
 * those that are not there (their message was moved on, or deleted, before the row was made).
 */
export async function confirmItems(
  deps: { pool: Pool; store: WildduckStore },
  accountId: string,
  writer: Writer,
): Promise<number> {
  const places = await unconfirmedItems(deps.pool, accountId);
  const byFolder = new Map<string, number[]>();
  for (const { folderId, uid } of places) byFolder.set(folderId, [...(byFolder.get(folderId) ?? []), uid]);
  let removed = 0;
  for (const [folderId, uids] of byFolder) {
    const found = new Set((await deps.store.readStates(folderId, uids)).map((state) => state.uid));
    await takeIn(deps, accountId, writer, folderId, [...found]);
    const gone = uids.filter((uid) => !found.has(uid)).map((uid) => ({ folderId, uid }));
    if (gone.length > 0) await writeChanges(deps.pool, accountId, writer, { removed: gone });
    removed += gone.length;
  }
  return removed;
}
