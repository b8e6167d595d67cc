// Groups of contacts as the API has them.
import { insertUndo } from '../../contacts/contact-undo.store.ts';
import { changeMembers, dropGroup, insertGroup, listGroups, renameGroup } from '../../contacts/group.store.ts';
import { AppError, fieldError } from '../api/app-error.ts';
import { GROUPS_MAX, type ContactGroup } from '../contract/contacts.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { changing } from './manage-contacts.ts';

export const readGroups = ({ pool }: Services, { accountId }: Session): Promise<ContactGroup[]> => listGroups(pool, accountId);

const taken = () => fieldError('name', 'there is a group of this name');

/** @throws AppError naming the name when it is taken, quota_exceeded */
export function makeGroup({ pool }: Services, session: Session, name: string): Promise<ContactGroup[]> {
  return changing(pool, session, async (db) => {
    const id = await insertGroup(db, session, name, GROUPS_MAX);
    const groups = await listGroups(db, session.accountId);
    if (id !== null) return groups;
    throw groups.length >= GROUPS_MAX ? new AppError('quota_exceeded', { text: `At most ${GROUPS_MAX} groups can be kept.` }) : taken();
  });
}

/** @throws AppError not_found, or naming the name when another has it */
export function changeGroup(
  { pool }: Services, session: Session, id: string, change: { name?: string | undefined; addIds?: string[] | undefined; removeIds?: string[] | undefined },
): Promise<ContactGroup[]> {
  return changing(pool, session, async (db) => {
    const before = await listGroups(db, session.accountId);
    if (!before.some((group) => group.id === id)) throw new AppError('not_found');
    if (change.name !== undefined && !(await renameGroup(db, session.accountId, id, change.name))) throw taken();
    await changeMembers(db, session.accountId, id, { add: change.addIds ?? [], remove: change.removeIds ?? [] });
    return listGroups(db, session.accountId);
  });
}

/** Its contacts stay. @throws AppError not_found */
export function deleteGroup({ pool }: Services, session: Session, id: string): Promise<{ items: ContactGroup[]; undoId: string }> {
  return changing(pool, session, async (db) => {
    const group = await dropGroup(db, session.accountId, id);
    if (!group) throw new AppError('not_found');
    return { undoId: await insertUndo(db, session, { contacts: [], group }), items: await listGroups(db, session.accountId) };
  });
}
