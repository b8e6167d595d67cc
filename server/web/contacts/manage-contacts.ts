// Keeping, changing, merging and deleting contacts, and taking that back.
import { randomUUID } from 'node:crypto';
import { insertUndo, takeUndo, type UndoSteps } from '../../contacts/contact-undo.store.ts';
import {
  countContacts, dropContacts, listContacts, lockContacts, putContacts, readContacts, readHeads, type ListPlace, type StoredContact,
} from '../../contacts/contact.store.ts';
import { changeMembers, insertGroup, dropGroup } from '../../contacts/group.store.ts';
import { findDuplicates, mergeCards } from '../../contacts/merge-cards.ts';
import type { Pool } from '../../infra/db/pool.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import { parseAddress } from '../../mail/address.ts';
import { wordsOf } from '../../mail/person-words.ts';
import type { ContactCard } from '../../mail/vcard/contact-card.ts';
import { AppError, fieldError } from '../api/app-error.ts';
import { CONTACTS_MAX, GROUPS_MAX, type Contact, type ContactFields, type ContactRow, type DuplicateSet } from '../contract/contacts.ts';
import type { Page } from '../contract/shapes.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { forgetCorrespondents } from './kept-correspondents.ts';
import { cardOf, toContact, toContactRow, withFields } from './to-contract.ts';

export interface ContactInput extends ContactFields {
  groupIds?: string[] | undefined;
  photo?: { contentType: string; base64: string } | null | undefined;
}

const NO_CARD: Omit<ContactCard, 'photo'> = {
  uid: '', name: '', given: '', family: '', nameRest: ['', '', ''], organization: '', title: '', note: '', addresses: [], phones: [], others: [],
};

export async function contactsPage(
  { pool }: Services, { accountId }: Session, asked: { q: string; groupId?: string | undefined; cursor?: string | undefined; limit: number },
): Promise<Page<ContactRow>> {
  const rows = await listContacts(pool, accountId, { words: wordsOf(asked.q), groupId: asked.groupId ?? null, after: placeOf(asked.cursor), limit: asked.limit + 1 });
  const shown = rows.slice(0, asked.limit);
  const last = rows.length > asked.limit ? shown.at(-1) : undefined;
  return { items: shown.map(toContactRow), nextCursor: last ? Buffer.from(JSON.stringify([last.sortKey, last.id])).toString('base64url') : null };
}

function placeOf(cursor: string | undefined): ListPlace | null {
  if (cursor === undefined) return null;
  try {
    const [sortKey, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as [unknown, unknown];
    if (typeof sortKey === 'string' && typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id)) return { sortKey, id };
  } catch {
    // Told below.
  }
  throw fieldError('cursor', 'not a cursor of this list');
}

/** @throws AppError not_found */
export async function readContact({ pool }: Services, { accountId }: Session, id: string): Promise<Contact> {
  return toContact(await requireContact(pool, accountId, id));
}

async function requireContact(db: Pick<Pool, 'query'>, accountId: string, id: string): Promise<StoredContact> {
  const [found] = await readContacts(db, accountId, [id]);
  if (!found) throw new AppError('not_found');
  return found;
}

/** @throws AppError naming the field, or quota_exceeded */
export async function keepContact({ pool }: Services, session: Session, input: ContactInput): Promise<Contact> {
  checkInput(input);
  return changing(pool, session, async (db) => {
    await requireRoom(db, session.accountId, 1);
    const id = randomUUID();
    const card = withFields({ ...NO_CARD, uid: id }, input);
    await putContacts(db, session, [{ id, name: card.name, card, photo: input.photo ?? null, revision: 1, groupIds: input.groupIds ?? [] }]);
    return toContact(await requireContact(db, session.accountId, id));
  });
}

/** @throws AppError naming the field, not_found, or conflict when it was changed since `revision` */
export async function changeContact({ pool }: Services, session: Session, id: string, { revision, ...input }: ContactInput & { revision: number }): Promise<Contact> {
  checkInput(input);
  return changing(pool, session, async (db) => {
    const now = await requireContact(db, session.accountId, id);
    if (now.revision !== revision) throw new AppError('conflict', { text: 'This contact was changed elsewhere. Open it again to see how.' });
    const card = withFields(now.card, input);
    await putContacts(db, session, [{ ...now, name: card.name, card, photo: input.photo === undefined ? now.photo : input.photo, revision: revision + 1, groupIds: input.groupIds ?? now.groupIds }]);
    return toContact(await requireContact(db, session.accountId, id));
  });
}

function checkInput({ name, given, family, organization, addresses, phones }: ContactFields): void {
  for (const [index, { address }] of addresses.entries()) {
    const parsed = parseAddress(address);
    if (parsed.kind === 'invalid') throw fieldError(`addresses.${index}.address`, parsed.rule);
  }
  if (!name && !given && !family && !organization && addresses.length === 0 && phones.length === 0) throw fieldError('name', 'a name or an address is needed');
}

/** Those that are there; the answer says how to take it back. */
export function deleteContacts({ pool }: Services, session: Session, ids: readonly string[]): Promise<{ changed: number; undoId: string }> {
  return changing(pool, session, async (db) => {
    const before = await readContacts(db, session.accountId, ids);
    if (before.length === 0) throw new AppError('not_found');
    await dropContacts(db, session.accountId, before.map(({ id }) => id));
    return { changed: before.length, undoId: await insertUndo(db, session, { contacts: before.map((contact) => ({ id: contact.id, before: contact, left: null })) }) };
  });
}

/** The first stays, and is in every group that one of them was in. @throws AppError not_found when one is gone */
export function mergeContacts({ pool }: Services, session: Session, ids: readonly string[]): Promise<{ contact: Contact; undoId: string }> {
  return changing(pool, session, async (db) => {
    const found = await readContacts(db, session.accountId, ids);
    const [first, ...rest] = [...new Set(ids)].map((id) => found.find((contact) => contact.id === id));
    if (!first || rest.length === 0 || rest.includes(undefined)) throw new AppError('not_found');
    const all = [first, ...(rest as StoredContact[])] as [StoredContact, ...StoredContact[]];
    const { photo, ...card } = mergeCards(all.map(cardOf) as [ContactCard, ...ContactCard[]]);
    const merged: StoredContact = { id: first.id, name: card.name, card, photo, revision: first.revision + 1, groupIds: [...new Set(all.flatMap(({ groupIds }) => groupIds))] };
    await dropContacts(db, session.accountId, all.slice(1).map(({ id }) => id));
    await putContacts(db, session, [merged]);
    const undoId = await insertUndo(db, session, { contacts: all.map((contact) => ({ id: contact.id, before: contact, left: contact === first ? merged.revision : null })) });
    return { contact: toContact(merged), undoId };
  });
}

/** All of it or nothing. @throws AppError gone when it is too late, conflict when something of it was changed since */
export function undoContacts({ pool }: Services, session: Session, undoId: string): Promise<void> {
  return changing(pool, session, async (db) => {
    const steps = await takeUndo(db, session.accountId, undoId);
    if (!steps) throw new AppError('gone', { text: 'This can no longer be undone.' });
    const now = new Map((await readContacts(db, session.accountId, steps.contacts.map(({ id }) => id))).map((contact) => [contact.id, contact.revision]));
    if (steps.contacts.some(({ id, left }) => (now.get(id) ?? null) !== left)) throw new AppError('conflict', { text: 'These contacts were changed since.' });
    await takeBack(db, session, steps);
  });
}

async function takeBack(db: Pick<Pool, 'query'>, session: Session, { contacts, group, madeGroupIds }: UndoSteps): Promise<void> {
  if (group) {
    const put = await insertGroup(db, session, group.name, GROUPS_MAX, group.id);
    if (put === null) throw new AppError('conflict', { text: 'There is a group of this name again.' });
    await changeMembers(db, session.accountId, group.id, { add: group.memberIds, remove: [] });
  }
  await dropContacts(db, session.accountId, contacts.filter(({ before }) => before === null).map(({ id }) => id));
  // A revision that nobody has seen: pages that hold an older one are told.
  await putContacts(db, session, contacts.flatMap(({ before, left }) => (before ? [{ ...before, revision: Math.max(before.revision, left ?? 0) + 1 }] : [])));
  for (const id of madeGroupIds ?? []) await dropGroup(db, session.accountId, id);
}

export async function duplicateContacts({ pool }: Services, { accountId }: Session): Promise<DuplicateSet[]> {
  const heads = await readHeads(pool, accountId);
  const byId = new Map(heads.map((head) => [head.id, head]));
  return findDuplicates(heads).slice(0, 100).map(({ ids, reason }) => ({ reason, contacts: ids.map((id) => toContactRow(byId.get(id)!)) }));
}

/** @throws AppError quota_exceeded */
export async function requireRoom(db: Pick<Pool, 'query'>, accountId: string, more: number): Promise<void> {
  if ((await countContacts(db, accountId)) + more > CONTACTS_MAX) throw new AppError('quota_exceeded', { text: `At most ${CONTACTS_MAX.toLocaleString('en')} contacts can be kept.` });
}

/** One change of an account's contacts at a time; suggestions know of it at once. */
export async function changing<T>(pool: Pool, { accountId }: Session, work: (db: Pick<Pool, 'query'>) => Promise<T>): Promise<T> {
  const result = await withTransaction(pool, async (client) => {
    await lockContacts(client, accountId);
    return work(client);
  });
  forgetCorrespondents(accountId);
  return result;
}
