// Name, method and path of the routes about contacts. Apart from paths.ts, as account-paths.ts is.
import { addPaths } from './paths.ts';

export const CONTACT_PATHS = {
  'contacts.list': 'GET /api/contacts',
  'contacts.create': 'POST /api/contacts',
  'contacts.others': 'GET /api/contacts/others',
  'contacts.duplicates': 'GET /api/contacts/duplicates',
  'contacts.delete': 'POST /api/contacts/delete',
  'contacts.merge': 'POST /api/contacts/merge',
  'contacts.undo': 'POST /api/contacts/undo',
  'contacts.export': 'GET /api/contacts/vcards',
  'contacts.import': 'POST /api/contacts/vcards',
  'contacts.get': 'GET /api/contacts/:contactId',
  'contacts.update': 'PUT /api/contacts/:contactId',
  'contacts.photo': 'GET /api/contacts/:contactId/photo',
  'contactGroups.list': 'GET /api/contact-groups',
  'contactGroups.create': 'POST /api/contact-groups',
  'contactGroups.update': 'PATCH /api/contact-groups/:groupId',
  'contactGroups.delete': 'DELETE /api/contact-groups/:groupId',
} as const;

addPaths(CONTACT_PATHS);
