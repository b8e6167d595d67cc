// Filters: kept in our order here, applied to arriving mail by the mail store, which gets a fresh copy after each change.
import { toStoreFilter } from '../../filters/filter.ts';
import { deleteFilter, insertFilter, listFilters, lockFilters, orderFilters, setStoreIds, updateFilter, type FilterContent } from '../../filters/filter.store.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import type { PoolClient } from '../../infra/db/pool.ts';
import { AppError, fieldError } from '../api/app-error.ts';
import type { FilterConditions, FilterList } from '../contract/filters.ts';
import { labelsOf } from '../labels/labels.ts';
import { foldersOf } from '../mailbox/list-mail.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';

const MAX_FILTERS = 100;

export async function readFilters(services: Services, session: Session): Promise<FilterList> {
  return { items: (await listFilters(services.pool, session.accountId)).map(({ storeId: _inStore, ...filter }) => filter) };
}

/** @throws AppError conflict when there are too many, invalid_request for a folder that is not the account's */
export async function addFilter(services: Services, session: Session, body: FilterContent): Promise<FilterList> {
  const content = await checked(services, session, body);
  return change(services, session, async (client) => {
    if ((await listFilters(client, session.accountId)).length >= MAX_FILTERS) throw new AppError('conflict', { text: `There are ${MAX_FILTERS} filters. Remove one that you no longer need.` });
    await insertFilter(client, session, content);
  });
}

/** @throws AppError not_found, invalid_request */
export async function editFilter(services: Services, session: Session, id: string, body: FilterContent): Promise<FilterList> {
  const content = await checked(services, session, body);
  return change(services, session, async (client) => {
    if (!(await updateFilter(client, session.accountId, id, content))) throw new AppError('not_found');
  });
}

/** @throws AppError not_found */
export function removeFilter(services: Services, session: Session, id: string): Promise<FilterList> {
  return change(services, session, async (client) => {
    if (!(await deleteFilter(client, session.accountId, id))) throw new AppError('not_found');
  });
}

export function reorderFilters(services: Services, session: Session, ids: readonly string[]): Promise<FilterList> {
  return change(services, session, (client) => orderFilters(client, session.accountId, ids));
}

async function checked(services: Services, session: Session, body: FilterContent): Promise<FilterContent> {
  const { moveTo, label } = body.actions;
  if (label !== undefined && !(await labelsOf(services, session)).some(({ id }) => id === label)) throw fieldError('actions.label', 'not a label of this account');
  if (moveTo !== undefined && !(await foldersOf(services, session)).some((folder) => folder.id === moveTo)) {
    throw fieldError('actions.moveTo', 'not a folder of this account');
  }
  return { ...body, name: body.name || nameOf(body.conditions) };
}

function nameOf({ from, to, subject, listId, hasAttachment, largerThanBytes }: FilterConditions): string {
  const parts = [from, to, subject && `“${subject}”`, listId, hasAttachment && 'attachment', largerThanBytes && `> ${Math.round(largerThanBytes / 1024)} KB`];
  return parts.filter(Boolean).join(', ').slice(0, 200);
}

/**
 * One change at a time per account. The new copies stand in the mail store before the old ones go, so that no mail
 * meets none of them; filters do the same thing twice without harm. When the store refuses, nothing is changed.
 */
async function change(services: Services, session: Session, edit: (client: PoolClient) => Promise<void>): Promise<FilterList> {
  const { wildduck, pool } = services;
  const user = session.wildduckUserId;
  const made: string[] = [];
  let former: string[] = [];
  try {
    await withTransaction(pool, async (client) => {
      await lockFilters(client, session.accountId);
      former = (await listFilters(client, session.accountId)).flatMap(({ storeId }) => storeId ?? []);
      await edit(client);
      const ids = new Map<string, string | null>();
      for (const filter of await listFilters(client, session.accountId)) {
        const inStore = filter.enabled ? toStoreFilter(filter) : null;
        const storeId = inStore && (await wildduck.createFilter(user, { name: filter.name || 'filter', ...inStore }));
        if (storeId !== null) made.push(storeId);
        ids.set(filter.id, storeId);
      }
      await setStoreIds(client, ids);
    });
  } catch (error) {
    await remove(services, user, made);
    throw error;
  }
  await remove(services, user, former);
  return readFilters(services, session);
}

/** A copy that stays behind does what it did before; the next change does not know it, so that it is told. */
async function remove({ wildduck, log }: Services, user: string, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await wildduck.deleteFilter(user, id).catch((error: Error) => log.warn({ user, filter: id, err: error.message }, 'a former filter stayed in the mail store'));
  }
}
