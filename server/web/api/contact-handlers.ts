// The handlers of contact-paths.ts.
import { changeGroup, deleteGroup, makeGroup, readGroups } from '../contacts/groups.ts';
import { changeContact, contactsPage, deleteContacts, duplicateContacts, keepContact, mergeContacts, readContact, undoContacts } from '../contacts/manage-contacts.ts';
import { otherPeople } from '../contacts/suggest.ts';
import { exportVcards, importVcards, servePhoto } from '../contacts/vcard-files.ts';
import type { ContactRouteName } from '../contract/paths.ts';
import type { Handlers } from './context.ts';

export const contactHandlers: Pick<Handlers, ContactRouteName> = {
  'contacts.list': ({ query }, { services, session }) => contactsPage(services, session, query),
  'contacts.create': ({ body }, { services, session }) => keepContact(services, session, body),
  'contacts.others': async ({ query }, { services, session }) => ({ items: await otherPeople(services, session, query.q) }),
  'contacts.duplicates': async (_input, { services, session }) => ({ items: await duplicateContacts(services, session) }),
  'contacts.delete': ({ body }, { services, session }) => deleteContacts(services, session, body.ids),
  'contacts.merge': ({ body }, { services, session }) => mergeContacts(services, session, body.ids),
  'contacts.undo': async ({ body }, { services, session }) => {
    await undoContacts(services, session, body.undoId);
    return {};
  },
  'contacts.export': ({ query }, { services, session }) => exportVcards(services, session, query),
  'contacts.import': async (_input, { services, session, request }) => Response.json(await importVcards(services, session, request)),
  'contacts.get': ({ params }, { services, session }) => readContact(services, session, params.contactId),
  'contacts.update': ({ params, body }, { services, session }) => changeContact(services, session, params.contactId, body),
  'contacts.photo': ({ params }, { services, session }) => servePhoto(services, session, params.contactId),
  'contactGroups.list': async (_input, { services, session }) => ({ items: await readGroups(services, session) }),
  'contactGroups.create': async ({ body }, { services, session }) => ({ items: await makeGroup(services, session, body.name) }),
  'contactGroups.update': async ({ params, body }, { services, session }) => ({ items: await changeGroup(services, session, params.groupId, body) }),
  'contactGroups.delete': ({ params }, { services, session }) => deleteGroup(services, session, params.groupId),
};
