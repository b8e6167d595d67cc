// The contract of contact-paths.ts: permission, input, output, and a line about each for the description of the API.
import { z } from 'zod';
import * as contacts from './contacts.ts';
import type { ContactRouteName } from './paths.ts';
import type { RouteContract } from './routes.ts';
import { opaqueId } from './shapes.ts';

const contactId = z.object({ contactId: opaqueId });
const groupId = z.object({ groupId: opaqueId });

export const CONTACT_ROUTES = {
  'contacts.list': { permission: 'mail:read', query: contacts.contactListQuery, response: contacts.contactPage },
  'contacts.create': { permission: 'mail:write', body: contacts.contactBody, response: contacts.contact },
  'contacts.others': { permission: 'mail:read', query: contacts.otherPeopleQuery, response: contacts.otherPeople },
  'contacts.duplicates': { permission: 'mail:read', response: contacts.duplicateSets },
  'contacts.delete': { permission: 'mail:write', body: contacts.contactIdsBody, response: contacts.contactsChanged },
  'contacts.merge': { permission: 'mail:write', body: contacts.contactMergeBody, response: contacts.contactMerged },
  'contacts.undo': { permission: 'mail:write', body: contacts.contactUndoBody, response: z.object({}) },
  'contacts.export': { permission: 'mail:read', query: contacts.vcardQuery, response: 'bytes' },
  'contacts.import': { permission: 'mail:write', body: 'bytes', response: contacts.contactsImported },
  'contacts.get': { permission: 'mail:read', params: contactId, response: contacts.contact },
  'contacts.update': { permission: 'mail:write', params: contactId, body: contacts.contactUpdateBody, response: contacts.contact },
  'contacts.photo': { permission: 'mail:read', params: contactId, response: 'bytes' },
  'contactGroups.list': { permission: 'mail:read', response: contacts.contactGroupList },
  'contactGroups.create': { permission: 'mail:write', body: contacts.contactGroupBody, response: contacts.contactGroupList },
  'contactGroups.update': { permission: 'mail:write', params: groupId, body: contacts.contactGroupUpdateBody, response: contacts.contactGroupList },
  'contactGroups.delete': { permission: 'mail:write', params: groupId, response: contacts.contactGroupDeleted },
} as const satisfies Record<ContactRouteName, RouteContract>;

export const CONTACT_SUMMARIES: Record<ContactRouteName, string> = {
  'contacts.list': 'Contacts by name, those of a group, or those that a search finds',
  'contacts.create': 'Keep a contact',
  'contacts.others': 'People whom the account writes to and has not kept, by use',
  'contacts.duplicates': 'Contacts that may be one person: they share an address or a name',
  'contacts.delete': 'Delete contacts; can be taken back for an hour',
  'contacts.merge': 'Make several contacts one; can be taken back for an hour',
  'contacts.undo': 'Take back a deletion, merge or import',
  'contacts.export': 'All contacts or those of a group as vCard 3.0 or 4.0',
  'contacts.import': 'Keep the contacts of a file of vCards',
  'contacts.get': 'A contact',
  'contacts.update': 'Change a contact; 409 when it was changed elsewhere in between',
  'contacts.photo': 'A contact’s picture',
  'contactGroups.list': 'Groups by name',
  'contactGroups.create': 'Make a group',
  'contactGroups.update': 'Rename a group, put contacts into it or take them out',
  'contactGroups.delete': 'Delete a group, not its contacts; can be taken back for an hour',
};
