// Making, renaming and deleting folders. The mail store first; the index follows through its journal, which the
// answer does not wait for: it lists the folders as they will be.
import { WildduckError } from '../../infra/wildduck/errors.ts';
import type { MailboxOutcome } from '../../infra/wildduck/mailboxes.ts';
import { AppError, fieldError } from '../api/app-error.ts';
import type { Folder } from '../contract/mailbox.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { foldersOf } from './list-mail.ts';

/** IMAP and WildDuck part folders with '/'; control characters and wildcards make trouble in clients. */
const PATH = /^[^/\p{Cc}*%\\"]{1,100}(?:\/[^/\p{Cc}*%\\"]{1,100}){0,7}$/u;

export async function makeFolder(services: Services, session: Session, path: string): Promise<Folder[]> {
  const wanted = checkedPath(path);
  const id = settled(await services.wildduck.createMailbox(session.wildduckUserId, wanted));
  services.facts.forget(session);
  const folders = await foldersOf(services, session);
  return folders.some((folder) => folder.id === id) ? folders : [...folders, newFolder(id, wanted, folders)];
}

/** Renames a folder with everything below it: the mail store's own rename would leave the children behind. */
export async function renameFolder(services: Services, session: Session, folderId: string, path: string): Promise<Folder[]> {
  const wanted = checkedPath(path);
  const folders = await foldersOf(services, session);
  const folder = changeable(folders, folderId);
  if (folder.path === wanted) return folders;
  if (wanted.startsWith(`${folder.path}/`)) throw fieldError('path', 'a folder cannot go into itself');
  if (folders.some((other) => other.path === wanted)) throw fieldError('path', 'there is a folder of that name already');
  const family = folders.filter((other) => other.id === folderId || other.path.startsWith(`${folder.path}/`));
  for (const member of family) {
    settled(await services.wildduck.updateMailbox(session.wildduckUserId, member.id, { path: wanted + member.path.slice(folder.path.length) }));
  }
  services.facts.forget(session);
  const moved = new Set(family.map((member) => member.id));
  return folders.map((other) => {
    if (!moved.has(other.id)) return other;
    const newPath = wanted + other.path.slice(folder.path.length);
    return { ...other, path: newPath, name: newPath.slice(newPath.lastIndexOf('/') + 1) };
  });
}

/** Deletes an empty folder for good; one with messages is refused, so that nothing is lost by a slip. */
export async function removeFolder(services: Services, session: Session, folderId: string): Promise<Folder[]> {
  const folders = await foldersOf(services, session);
  const folder = changeable(folders, folderId);
  if (folder.total > 0) throw new AppError('conflict', { text: 'Move or delete the messages in this folder first.' });
  if (folders.some((other) => other.parentId === folderId)) throw new AppError('conflict', { text: 'Delete the folders in this folder first.' });
  try {
    settled(await services.wildduck.deleteMailbox(session.wildduckUserId, folderId));
  } catch (error) {
    if (!(error instanceof WildduckError && error.code === 'not-found')) throw error;
  }
  services.facts.forget(session);
  return folders.filter((other) => other.id !== folderId);
}

function checkedPath(path: string): string {
  const trimmed = path.split('/').map((part) => part.trim()).join('/');
  if (!PATH.test(trimmed) || /(?:^|\/)\.{1,2}(?:\/|$)/.test(trimmed)) throw fieldError('path', 'names of 1 to 100 characters, parted by “/”, without * % " \\');
  if (/^inbox(?:\/|$)/i.test(trimmed) && !trimmed.startsWith('INBOX')) throw fieldError('path', 'this name belongs to the inbox');
  return trimmed;
}

function changeable(folders: Folder[], folderId: string): Folder {
  const folder = folders.find((other) => other.id === folderId);
  if (!folder) throw new AppError('not_found');
  if (folder.specialUse !== null) throw new AppError('conflict', { text: 'This folder belongs to the mailbox and stays.' });
  return folder;
}

function settled(outcome: MailboxOutcome): string {
  if (outcome.kind === 'done') return outcome.mailboxId;
  if (outcome.kind === 'exists') throw fieldError('path', 'there is a folder of that name already');
  // WildDuck tells some of its refusals in words only.
  if (/already ?exists/i.test(outcome.reason)) throw fieldError('path', 'there is a folder of that name already');
  throw fieldError('path', 'the mail store does not take this name');
}

function newFolder(id: string, path: string, folders: Folder[]): Folder {
  const parentPath = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : null;
  return {
    id,
    path,
    name: path.slice(path.lastIndexOf('/') + 1),
    parentId: folders.find((folder) => folder.path === parentPath)?.id ?? null,
    specialUse: null,
    unread: 0,
    total: 0,
  };
}
