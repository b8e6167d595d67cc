// Contacts from and into files of vCards.
import { randomUUID } from 'node:crypto';
import { insertUndo, type UndoSteps } from '../../contacts/contact-undo.store.ts';
import { findPhoto, putContacts, readContacts, type StoredContact } from '../../contacts/contact.store.ts';
import { insertGroup, listGroups } from '../../contacts/group.store.ts';
import type { Pool } from '../../infra/db/pool.ts';
import { readVcards, type ReadCard } from '../../mail/vcard/read-vcard.ts';
import { writeVcard, type VcardVersion } from '../../mail/vcard/write-vcard.ts';
import { AppError } from '../api/app-error.ts';
import { readBytes } from '../api/read-input.ts';
import { contentDisposition } from '../compose/uploads.ts';
import { GROUPS_MAX, VCARD_BYTES_MAX, type ContactsImported } from '../contract/contacts.ts';
import { sniffImage } from '../message/image-proxy.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { changing, requireRoom } from './manage-contacts.ts';
import { cardOf } from './to-contract.ts';

const FAULTS_TOLD = 20;
type Person = Extract<ReadCard, { kind: 'person' }>;

/**
 * Keeps every card that can be read; one with the UID of a contact that is there replaces what that says. Groups are
 * made as the cards name them.
 * @throws AppError too_large, quota_exceeded, or invalid_request when there is no card in it
 */
export async function importVcards({ pool }: Services, session: Session, request: Request): Promise<ContactsImported> {
  const cards = readVcards(await readBytes(request, VCARD_BYTES_MAX));
  if (cards.length === 0) throw new AppError('invalid_request', { text: 'There is no vCard in this file.' });
  const unreadable = cards.filter((card) => card.kind === 'unreadable');
  const people = cards.filter((card): card is Person => card.kind === 'person');
  const counted = { faults: unreadable.slice(0, FAULTS_TOLD).map(({ position, reason }) => ({ position, reason })), unreadable: unreadable.length };
  if (people.length === 0) return { added: 0, updated: 0, undoId: null, ...counted };
  return changing(pool, session, async (db) => {
    const byUid = new Map((await readContacts(db, session.accountId)).map((contact) => [contact.card.uid, contact]));
    const { groupIds, made } = await groupsFor(db, session, cards);
    const wanted = new Map<string, StoredContact>();
    for (const { card: { photo, ...card }, categories } of people) {
      const uid = card.uid || randomUUID();
      const known = byUid.get(uid);
      const groups = [...(known?.groupIds ?? []), ...categories.map((name) => groupIds.get(name.toLowerCase())), ...cards.map((group) => (group.kind === 'group' && card.uid !== '' && group.memberUids.includes(uid) ? groupIds.get(group.name.toLowerCase()) : undefined))];
      wanted.set(uid, {
        id: known?.id ?? randomUUID(), name: card.name, card: { ...card, uid }, photo: photo ?? known?.photo ?? null, revision: (known?.revision ?? 0) + 1,
        groupIds: [...new Set(groups.filter((id) => id !== undefined))],
      });
    }
    const contacts = [...wanted.values()];
    const updated = contacts.filter(({ card }) => byUid.has(card.uid)).length;
    await requireRoom(db, session.accountId, contacts.length - updated);
    await putContacts(db, session, contacts);
    const steps: UndoSteps = { contacts: contacts.map(({ id, card, revision }) => ({ id, before: byUid.get(card.uid) ?? null, left: revision })), madeGroupIds: made };
    return { added: contacts.length - updated, updated, undoId: await insertUndo(db, session, steps), ...counted };
  });
}

/** Every program has its own word for "all of them". */
const NO_GROUP = /^(mycontacts|\* mycontacts|contacts|other|starred)$/i;

async function groupsFor(db: Pick<Pool, 'query'>, session: Session, cards: readonly ReadCard[]): Promise<{ groupIds: Map<string, string>; made: string[] }> {
  const groupIds = new Map((await listGroups(db, session.accountId)).map((group) => [group.name.toLowerCase(), group.id]));
  const made: string[] = [];
  const names = cards.flatMap((card) => (card.kind === 'person' ? card.categories : card.kind === 'group' ? [card.name] : []));
  for (const name of new Set(names.map((each) => each.slice(0, 100)).filter((each) => each !== '' && !NO_GROUP.test(each)))) {
    if (groupIds.has(name.toLowerCase())) continue;
    const id = await insertGroup(db, session, name, GROUPS_MAX);
    if (id === null) continue;
    groupIds.set(name.toLowerCase(), id);
    made.push(id);
  }
  return { groupIds, made };
}

/** A file of all contacts, or of a group's. */
export async function exportVcards({ pool }: Services, { accountId }: Session, asked: { version: VcardVersion; groupId?: string | undefined }): Promise<Response> {
  const [contacts, groups] = await Promise.all([readContacts(pool, accountId), listGroups(pool, accountId)]);
  const names = new Map(groups.map(({ id, name }) => [id, name]));
  const wanted = contacts.filter(({ groupIds }) => asked.groupId === undefined || groupIds.includes(asked.groupId));
  const text = wanted.map((contact) => writeVcard(cardOf(contact), contact.groupIds.flatMap((id) => names.get(id) ?? []), asked.version)).join('');
  return new Response(text, { headers: { 'content-type': 'text/vcard; charset=utf-8', 'content-disposition': contentDisposition('attachment', 'contacts.vcf') } });
}

/** Only what its bytes show to be a picture. */
export async function servePhoto({ pool }: Services, { accountId }: Session, id: string): Promise<Response> {
  const photo = await findPhoto(pool, accountId, id);
  const bytes = Buffer.from(photo?.base64 ?? '', 'base64');
  const contentType = sniffImage(bytes);
  if (contentType === null) throw new AppError('not_found');
  return new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType, 'cache-control': 'private, no-cache', 'content-disposition': 'inline' } });
}
