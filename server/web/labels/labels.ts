// Making, naming, colouring, nesting and deleting labels. A keyword never changes, so that a new name or colour is
// there at once and costs no message a change; mail programs go on showing the tag.
import { applyFlags } from '../../mailbox/apply.ts';
import { listLabels } from '../../mailbox/folder.store.ts';
import { colorOfKeyword, freeKeyword, labelName, LABEL_NAME_LIMIT, nameOfKeyword } from '../../mailbox/label-keyword.ts';
import { dropLabel, labelledItems, namedLabels, saveLabel } from '../../mailbox/label.store.ts';
import { labelView, type Label as IndexedLabel } from '../../mailbox/types.ts';
import { AppError, fieldError } from '../api/app-error.ts';
import type { Label, LabelColor } from '../contract/labels.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { keywordOfId, labelIdOf } from './label-id.ts';

const LABEL_LIMIT = 500;
/** Messages that a deleted label is taken off at a time. */
const REMOVE_CHUNK = 1000;

/** All labels by name: those that were named, and those that some message carries. */
export async function labelsOf(services: Services, session: Pick<Session, 'accountId'>): Promise<Label[]> {
  const [named, used] = await Promise.all([namedLabels(services.pool, session.accountId), listLabels(services.pool, session.accountId)]);
  const uses = Map.groupBy(used, (label) => label.name.toLowerCase());
  const labels = new Map<string, { name: string; color: LabelColor }>();
  for (const keyword of uses.keys()) labels.set(keyword, { name: nameOfKeyword(uses.get(keyword)![0]!.name), color: colorOfKeyword(keyword) });
  for (const { keyword, name, color } of named) labels.set(keyword, { name, color });
  const sum = (keyword: string, of: 'conversations' | 'unreadConversations') => (uses.get(keyword) ?? []).reduce((total, label) => total + label[of], 0);
  return [...labels]
    .map(([keyword, shown]) => ({ id: labelIdOf(keyword), keyword, ...shown, unread: sum(keyword, 'unreadConversations'), total: sum(keyword, 'conversations') }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** The list of a label: its view in the index. Written in several letter cases it has several; the largest is shown. */
export async function viewOfLabel(services: Services, accountId: string, keyword: string): Promise<string> {
  const views = (await listLabels(services.pool, accountId)).filter((label) => label.name.toLowerCase() === keyword);
  const largest = views.reduce<IndexedLabel | null>((best, view) => (best && best.conversations >= view.conversations ? best : view), null);
  return largest?.viewId ?? labelView(keyword);
}

export async function createLabel(services: Services, session: Session, wanted: { name: string; color?: LabelColor | undefined }): Promise<Label[]> {
  const name = checkedName(wanted.name);
  const labels = await labelsOf(services, session);
  if (labels.length >= LABEL_LIMIT) throw new AppError('conflict', { text: `At most ${LABEL_LIMIT} labels.` });
  refuseTaken(labels, name, null);
  const keyword = freeKeyword(name, new Set(labels.map((label) => label.keyword)));
  if (!(await saveLabel(services.pool, session.accountId, { keyword, name, color: wanted.color ?? colorOfKeyword(keyword) }))) throw taken();
  return labelsOf(services, session);
}

/** A new name takes the labels within along. */
export async function updateLabel(
  services: Services,
  session: Session,
  labelId: string,
  changes: { name?: string | undefined; color?: LabelColor | undefined },
): Promise<Label[]> {
  const labels = await labelsOf(services, session);
  const label = labels.find((each) => each.id === labelId);
  if (!label) throw new AppError('not_found');
  const name = changes.name === undefined ? label.name : checkedName(changes.name);
  if (name.toLowerCase().startsWith(`${label.name.toLowerCase()}/`)) throw fieldError('name', 'a label cannot go into itself');
  refuseTaken(labels, name, label);
  const { accountId } = session;
  if (!(await saveLabel(services.pool, accountId, { keyword: label.keyword, name, color: changes.color ?? label.color }))) throw taken();
  if (name !== label.name) {
    for (const child of labels.filter((each) => each.name.startsWith(`${label.name}/`))) {
      const moved = checkedName(name + child.name.slice(label.name.length));
      await saveLabel(services.pool, accountId, { keyword: child.keyword, name: moved, color: child.color });
    }
  }
  return labelsOf(services, session);
}

/** Takes the label off every message, then forgets it. Labels within stay. Repeating after a fault goes on where it stopped. */
export async function deleteLabel(services: Services, session: Session, labelId: string): Promise<Label[]> {
  const keyword = keywordOfId(labelId);
  if (keyword === null) throw new AppError('not_found');
  for (;;) {
    const items = await labelledItems(services.pool, session.accountId, keyword, REMOVE_CHUNK);
    for (const [folderId, places] of Map.groupBy(items, (item) => item.folderId)) {
      await services.flags.changeFlags({ userId: session.wildduckUserId, mailboxId: folderId }, places.map((place) => place.uid), { remove: [keyword] });
      await applyFlags(services.pool, { accountId: session.accountId, places, changes: { removeLabels: [keyword] } });
    }
    if (items.length < REMOVE_CHUNK) break;
  }
  await dropLabel(services.pool, session.accountId, keyword);
  return labelsOf(services, session);
}

function checkedName(text: string): string {
  const name = labelName(text);
  if (name === null) throw fieldError('name', `up to ${LABEL_NAME_LIMIT} characters, up to five names parted by “/”`);
  return name;
}

function refuseTaken(labels: readonly Label[], name: string, self: Label | null): void {
  if (labels.some((label) => label.id !== self?.id && label.name.toLowerCase() === name.toLowerCase())) throw taken();
}

function taken(): AppError {
  return fieldError('name', 'there is a label of that name already');
}
