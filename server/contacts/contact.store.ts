// Rows of contact, with the groups that each is in.
import type { Queryable } from '../infra/db/pool.ts';
import { plainText, wordsOf } from '../mail/person-words.ts';
import type { CardPhoto, ContactCard } from '../mail/vcard/contact-card.ts';

/** Without its photo, which few readers need. */
export type StoredCard = Omit<ContactCard, 'photo'>;

export interface ContactHead {
  id: string;
  name: string;
  card: StoredCard;
  hasPhoto: boolean;
  revision: number;
  groupIds: string[];
}

/** All of a contact: what an undo puts back, and what an export writes. */
export interface StoredContact extends Omit<ContactHead, 'hasPhoto'> {
  photo: CardPhoto | null;
}

export interface Owner {
  tenantId: string;
  accountId: string;
}

const GROUPS = `coalesce((SELECT array_agg(m.group_id::text ORDER BY m.group_id) FROM contact_group_member m WHERE m.contact_id = c.id), '{}') AS "groupIds"`;
const HEAD = `c.id, c.name, c.card, c.photo IS NOT NULL AS "hasPhoto", c.revision, ${GROUPS}`;

/** Where a page of the list ended. */
export interface ListPlace {
  sortKey: string;
  id: string;
}

/** By name. @param words each begins a word of the contact's */
export async function listContacts(
  db: Queryable, accountId: string, asked: { words: readonly string[]; groupId: string | null; after: ListPlace | null; limit: number },
): Promise<(ContactHead & { sortKey: string })[]> {
  const { rows } = await db.query<ContactHead & { sortKey: string }>(
    `SELECT ${HEAD}, c.sort_key AS "sortKey" FROM contact c
      WHERE c.account_id = $1 AND c.words LIKE ALL ($2::text[])
        AND ($3::text IS NULL OR EXISTS (SELECT 1 FROM contact_group_member m WHERE m.contact_id = c.id AND m.group_id::text = $3))
        AND ($4::text IS NULL OR (c.sort_key, c.id) > ($4, $5::uuid))
      ORDER BY c.sort_key, c.id LIMIT $6`,
    [accountId, asked.words.map((word) => `% ${word.replace(/[\\%_]/g, '\\$&')}%`), asked.groupId, asked.after?.sortKey ?? null, asked.after?.id ?? null, asked.limit],
  );
  return rows;
}

/** The account's contacts among `ids`, or all of them. By name. */
export async function readContacts(db: Queryable, accountId: string, ids?: readonly string[]): Promise<StoredContact[]> {
  const { rows } = await db.query<StoredContact>(
    `SELECT c.id, c.name, c.card, c.photo, c.revision, ${GROUPS} FROM contact c
      WHERE c.account_id = $1 AND ($2::text[] IS NULL OR c.id::text = ANY ($2)) ORDER BY c.sort_key, c.id`,
    [accountId, ids ?? null],
  );
  return rows;
}

/** All heads, for suggestions and for finding duplicates. */
export async function readHeads(db: Queryable, accountId: string): Promise<ContactHead[]> {
  const { rows } = await db.query<ContactHead>(`SELECT ${HEAD} FROM contact c WHERE c.account_id = $1 ORDER BY c.sort_key, c.id`, [accountId]);
  return rows;
}

export async function countContacts(db: Queryable, accountId: string): Promise<number> {
  const { rows } = await db.query<{ n: number }>('SELECT count(*)::int AS n FROM contact WHERE account_id = $1', [accountId]);
  return rows[0]!.n;
}

export async function findPhoto(db: Queryable, accountId: string, id: string): Promise<CardPhoto | null> {
  const { rows } = await db.query<{ photo: CardPhoto | null }>('SELECT photo FROM contact WHERE account_id = $1 AND id::text = $2', [accountId, id]);
  return rows[0]?.photo ?? null;
}

/** Writes contacts whole, with their groups: those that are there are replaced. Groups that are gone are passed over. */
export async function putContacts(db: Queryable, owner: Owner, contacts: readonly StoredContact[]): Promise<void> {
  if (contacts.length === 0) return;
  await db.query(
    `INSERT INTO contact (id, tenant_id, account_id, uid, name, sort_key, words, addresses, card, photo, revision)
     SELECT n.id, $1, $2, n.card->>'uid', n.name, n.sort_key, n.words, n.addresses::text[], n.card, n.photo, n.revision
       FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[], $9::jsonb[], $10::int[])
         AS n (id, name, sort_key, words, addresses, card, photo, revision)
     ON CONFLICT (id) DO UPDATE SET uid = excluded.uid, name = excluded.name, sort_key = excluded.sort_key, words = excluded.words,
       addresses = excluded.addresses, card = excluded.card, photo = excluded.photo, revision = excluded.revision, updated_at = now()
       WHERE contact.account_id = excluded.account_id`,
    [
      owner.tenantId, owner.accountId, contacts.map(({ id }) => id), contacts.map(({ name }) => name), contacts.map(({ name }) => plainText(name)),
      contacts.map(wordsText), contacts.map(({ card }) => arrayText(card.addresses.map(({ address }) => address.toLowerCase()))),
      contacts.map(({ card }) => JSON.stringify(card)), contacts.map(({ photo }) => (photo === null ? null : JSON.stringify(photo))), contacts.map(({ revision }) => revision),
    ],
  );
  const members = contacts.flatMap(({ id, groupIds }) => groupIds.map((groupId) => ({ id, groupId })));
  await db.query(
    'DELETE FROM contact_group_member m USING contact c WHERE c.id = m.contact_id AND c.account_id = $1 AND c.id = ANY ($2::uuid[])',
    [owner.accountId, contacts.map(({ id }) => id)],
  );
  await db.query(
    `INSERT INTO contact_group_member (group_id, contact_id)
     SELECT g.id, n.contact_id FROM unnest($2::text[], $3::uuid[]) AS n (group_id, contact_id)
       JOIN contact_group g ON g.id::text = n.group_id AND g.account_id = $1
       JOIN contact c ON c.id = n.contact_id AND c.account_id = $1 ON CONFLICT DO NOTHING`,
    [owner.accountId, members.map(({ groupId }) => groupId), members.map(({ id }) => id)],
  );
}

/** @returns the ids of those that were there */
export async function dropContacts(db: Queryable, accountId: string, ids: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>('DELETE FROM contact WHERE account_id = $1 AND id::text = ANY ($2) RETURNING id', [accountId, ids]);
  return rows.map(({ id }) => id);
}

/** Keeps others from changing an account's contacts until the transaction ends. */
export async function lockContacts(db: Queryable, accountId: string): Promise<void> {
  await db.query(`SELECT pg_advisory_xact_lock(hashtextextended('contacts:' || $1, 0))`, [accountId]);
}

/** Each word after a space. */
function wordsText({ name, card }: StoredContact): string {
  const text = [name, card.given, card.family, card.organization, ...card.addresses.map(({ address }) => address), ...card.phones.map(({ number }) => number.replace(/[^\d+]/g, ''))];
  return ` ${wordsOf(text.join(' ')).join(' ')}`;
}

/** An array within an array, which unnest would flatten. */
const arrayText = (values: readonly string[]): string => `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
