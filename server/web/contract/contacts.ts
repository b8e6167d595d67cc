// People whom an account keeps, their groups, and suggestions of recipients.
import { z } from 'zod';
import { mailAddress, opaqueId, pageOf, PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX } from './shapes.ts';

export const CONTACTS_MAX = 25_000;
export const GROUPS_MAX = 200;
/** Of a file of vCards. */
export const VCARD_BYTES_MAX = 32 * 1024 * 1024;
/** Base64 of a picture; the page makes them small enough. */
const PHOTO_MAX = 200_000;

const line = (most: number) => z.string().trim().max(most).default('');
const label = z.string().trim().max(60).default('');

export const contactFields = z.object({
  /** As it is shown; '' makes it from the other fields. */
  name: line(300),
  given: line(200),
  family: line(200),
  organization: line(300),
  title: line(200),
  note: z.string().trim().max(20_000).default(''),
  /** The preferred one first. */
  addresses: z.array(z.object({ address: z.string().trim().min(1, 'an address is needed').max(320), label })).max(50).default([]),
  phones: z.array(z.object({ number: z.string().trim().min(1, 'a number is needed').max(100), label })).max(50).default([]),
});
export type ContactFields = z.infer<typeof contactFields>;

const photo = z.object({ contentType: z.enum(['image/jpeg', 'image/png', 'image/webp']), base64: z.base64('not base64').max(PHOTO_MAX, 'too large a picture') });
/** Groups and picture stay as they are when not named; `null` takes the picture away. */
export const contactBody = contactFields.extend({ groupIds: z.array(opaqueId).max(GROUPS_MAX).optional(), photo: photo.nullable().optional() });
export type ContactBody = z.input<typeof contactBody>;
/** Refused with `conflict` when the contact was changed since `revision`. */
export const contactUpdateBody = contactBody.extend({ revision: z.number().int() });

export const contactRow = z.object({
  id: opaqueId,
  name: z.string(),
  organization: z.string(),
  /** The preferred one, and how many there are. */
  address: z.string(),
  addresses: z.number().int(),
  phone: z.string(),
  hasPhoto: z.boolean(),
  groupIds: z.array(opaqueId),
});
export type ContactRow = z.infer<typeof contactRow>;

export const contact = contactFields.extend({
  id: opaqueId,
  revision: z.number().int(),
  hasPhoto: z.boolean(),
  groupIds: z.array(opaqueId),
  /** What else an imported card says: shown and exported, not edited. `name` is the vCard property's, lower case. */
  more: z.array(z.object({ name: z.string(), label: z.string(), value: z.string() })),
});
export type Contact = z.infer<typeof contact>;

export const contactListQuery = z.object({
  q: z.string().max(200).default(''),
  groupId: opaqueId.optional(),
  cursor: z.string().max(1000).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT_MAX).default(PAGE_LIMIT_DEFAULT),
});
export const contactPage = pageOf(contactRow);

/** Others than contacts whom the account has written to, the most used first. */
export const otherPeopleQuery = z.object({ q: z.string().max(200).default('') });
export const otherPeople = z.object({ items: z.array(mailAddress) });

const ids = z.array(opaqueId).min(1, 'name at least one').max(1000);
export const contactIdsBody = z.object({ ids });
/** The first one stays, with what the others know more. */
export const contactMergeBody = z.object({ ids: z.array(opaqueId).min(2, 'name at least two').max(50) });
/** With `contacts.undo`, for an hour. */
const undoId = opaqueId;
export const contactsChanged = z.object({ changed: z.number().int(), undoId });
export const contactMerged = z.object({ contact, undoId });
export const contactUndoBody = z.object({ undoId });

export const duplicateSets = z.object({ items: z.array(z.object({ reason: z.enum(['address', 'name']), contacts: z.array(contactRow) })) });
export type DuplicateSet = z.infer<typeof duplicateSets>['items'][number];

export const vcardQuery = z.object({ version: z.enum(['3.0', '4.0']).default('4.0'), groupId: opaqueId.optional() });
export const contactsImported = z.object({
  added: z.number().int(),
  /** Cards that are here already by their UID, and were brought up to date. */
  updated: z.number().int(),
  /** The first of those that could not be read. */
  faults: z.array(z.object({ position: z.number().int(), reason: z.string() })),
  unreadable: z.number().int(),
  undoId: undoId.nullable(),
});
export type ContactsImported = z.infer<typeof contactsImported>;

export const contactGroup = z.object({ id: opaqueId, name: z.string(), members: z.number().int() });
export type ContactGroup = z.infer<typeof contactGroup>;
export const contactGroupList = z.object({ items: z.array(contactGroup) });
const groupName = z.string().trim().min(1, 'a name is needed').max(100);
export const contactGroupBody = z.object({ name: groupName });
export const contactGroupUpdateBody = z.object({
  name: groupName.optional(),
  addIds: ids.optional(),
  removeIds: ids.optional(),
});
export const contactGroupDeleted = contactGroupList.extend({ undoId });

/** A person; or a group, with address '' and the people whom it stands for. */
export const suggestion = mailAddress.extend({ members: z.array(mailAddress).optional() });
export type Suggestion = z.infer<typeof suggestion>;
export const suggestQuery = z.object({ q: z.string().max(200), limit: z.coerce.number().int().min(1).max(20).default(8) });
export const suggestions = z.object({ items: z.array(suggestion) });
