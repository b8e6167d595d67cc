// Beginning, watching and stopping imports and exports on behalf of a signed-in account.
import { randomUUID } from 'node:crypto';
import { countMessages } from '../../mailbox/present.store.ts';
import { listFolders } from '../../mailbox/folder.store.ts';
import { mapFolders } from '../../transfers/map-folders.ts';
import type { Transfer as StoredTransfer, TransferSpec } from '../../transfers/transfer.ts';
import { addFile, beginTransfer, cancelTransfer, countOpenImports, findTransfer, insertTransfer, listTransfers } from '../../transfers/transfer.store.ts';
import { AppError, fieldError } from '../api/app-error.ts';
import { IMPORT_BYTES_MAX, IMPORT_FILES_MAX, type ImapFolder, type ImapServerInput, type Transfer } from '../contract/transfers.ts';
import { keywordOfId } from '../labels/label-id.ts';
import { labelsOf } from '../labels/labels.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { connectImap, SourceFailure } from './connect-imap.ts';
import { serveExport } from './export-file.ts';
import { listFolders as remoteFolders, secretContext } from './imap-source.ts';
import { workOnTransfers } from './run-transfers.ts';
import { keepFile } from './uploaded-files.ts';

const OPEN_LIMIT = 3;

export async function readTransfers({ pool }: Services, { accountId }: Session): Promise<Transfer[]> {
  return (await listTransfers(pool, accountId)).map(toTransfer);
}

async function requireTransfer({ pool }: Services, { accountId }: Session, id: string): Promise<StoredTransfer> {
  const found = await findTransfer(pool, accountId, id);
  if (!found) throw new AppError('not_found');
  return found;
}

/** @throws AppError not_found */
export const readTransfer = async (services: Services, session: Session, id: string): Promise<Transfer> => toTransfer(await requireTransfer(services, session, id));

/** What has come stays. Stopping one that has ended changes nothing. */
export async function stopTransfer(services: Services, session: Session, id: string): Promise<Transfer> {
  await cancelTransfer(services.pool, session.accountId, id);
  return readTransfer(services, session, id);
}

/** @throws AppError naming the folder */
export async function beginExport(services: Services, session: Session, asked: { format: 'mbox' | 'eml'; folderId?: string | undefined }): Promise<Transfer> {
  const { name, total } = await exportedPart(services, session, asked.folderId);
  return begin(services, session, { kind: 'export', format: asked.format === 'eml' ? 'zip' : 'mbox', folderId: asked.folderId ?? null, name }, { total });
}

async function exportedPart(services: Services, session: Session, folderId: string | undefined): Promise<{ name: string; total: number }> {
  const folders = await listFolders(services.pool, session.accountId);
  if (folderId === undefined) return { name: session.address, total: await countMessages(services.pool, session.accountId, folders.map(({ id }) => id)) };
  const folder = folders.find(({ id }) => id === folderId);
  if (folder) return { name: folder.path, total: folder.messages };
  const label = keywordOfId(folderId) === null ? undefined : (await labelsOf(services, session)).find(({ id }) => id === folderId);
  if (!label) throw fieldError('folderId', 'no such folder or label');
  // A label counts conversations; how many messages they hold is seen when they are read.
  return { name: label.name, total: 0 };
}

/** The file itself. @throws AppError not_found, gone */
export const exportedFile = async (services: Services, session: Session, id: string): Promise<Response> => serveExport(services, session, await requireTransfer(services, session, id));

/** @throws AppError naming the folder, conflict when others are open */
export async function beginFiles(services: Services, session: Session, asked: { folderId?: string | undefined }): Promise<Transfer> {
  const folderId = asked.folderId ?? (await services.facts.folderFor(session, 'inbox'));
  if (asked.folderId !== undefined && !(await listFolders(services.pool, session.accountId)).some(({ id }) => id === folderId)) throw fieldError('folderId', 'no such folder');
  await requireRoom(services, session);
  return begin(services, session, { kind: 'files', folderId, files: [] });
}

/** @throws AppError not_found, conflict when it is not this file's turn, too_large */
export async function takeFile(services: Services, session: Session, id: string, { index, filename }: { index: number; filename: string }, request: Request): Promise<Transfer> {
  const { spec, state } = await requireTransfer(services, session, id);
  if (spec.kind !== 'files' || state !== 'preparing' || spec.files.length !== index || index >= IMPORT_FILES_MAX) throw new AppError('conflict', { text: 'This file is not expected now.' });
  // More than the mailbox may ever hold need not come in.
  const { limitBytes } = await services.facts.quota(session);
  const left = Math.min(IMPORT_BYTES_MAX, limitBytes || IMPORT_BYTES_MAX) - spec.files.reduce((sum, { bytes }) => sum + bytes, 0);
  const body = (request.body ?? []) as unknown as AsyncIterable<Uint8Array>;
  const kept = await keepFile(services.blobs, { accountId: session.accountId, transferId: id, file: index }, body, left);
  if (!(await addFile(services.pool, session.accountId, id, index, { name: filename, ...kept }))) throw new AppError('conflict', { text: 'This import has ended meanwhile.' });
  return readTransfer(services, session, id);
}

/** @throws AppError not_found */
export async function importFiles(services: Services, session: Session, id: string): Promise<Transfer> {
  const { spec } = await requireTransfer(services, session, id);
  if (spec.kind !== 'files') throw new AppError('not_found');
  if (await beginTransfer(services.pool, session.accountId, id)) void workOnTransfers(services);
  return readTransfer(services, session, id);
}

/** Signs in and looks; keeps nothing. @throws AppError saying what is wrong with server or password */
export async function lookAtAccount(services: Services, session: Session, { password, ...server }: ImapServerInput, ip: string): Promise<ImapFolder[]> {
  const verdict = await services.lookLimit.take(ip, session.address);
  if (verdict.kind === 'limited') throw new AppError('rate_limited', { retryAfterSeconds: verdict.retryAfterSeconds });
  try {
    const client = await connectImap(server, password, services.config.importNetworks);
    try {
      const folders = mapFolders(await remoteFolders(client));
      const items: ImapFolder[] = [];
      for (const folder of folders) items.push({ ...folder, messages: (await client.status(folder.path, { messages: true })).messages ?? 0 });
      return items;
    } finally {
      client.close();
    }
  } catch (error) {
    if (error instanceof SourceFailure) throw refusalOf(error);
    throw new AppError('rejected', { text: 'The server did not answer as IMAP servers do.', cause: error });
  }
}

function refusalOf(failure: SourceFailure): AppError {
  switch (failure.problem) {
    case 'credentials':
      return fieldError('password', 'the server refuses this user or password; many ask for an app password');
    case 'certificate':
      return fieldError('host', 'its certificate is not valid for this name');
    case 'forbidden':
      return fieldError('host', 'mail cannot be brought from there');
    default:
      return fieldError('host', 'the server cannot be reached at this port with this encryption');
  }
}

/** The password is kept, sealed, until the import has ended. @throws AppError conflict when others are open */
export async function beginImap(services: Services, session: Session, { server: { password, ...server }, folders }: { server: ImapServerInput; folders: string[] }): Promise<Transfer> {
  await requireRoom(services, session);
  const id = randomUUID();
  const secret = services.secretBox.seal(password, secretContext(id));
  const transfer = await begin(services, session, { kind: 'imap', server, folders }, { id, secret, state: 'running' });
  void workOnTransfers(services);
  return transfer;
}

async function requireRoom({ pool }: Services, { accountId }: Session): Promise<void> {
  if ((await countOpenImports(pool, accountId)) >= OPEN_LIMIT) throw new AppError('conflict', { text: 'Some imports are still running. Wait for one to end, or stop it.' });
}

async function begin(
  services: Services, session: Session, spec: TransferSpec, more: { id?: string; secret?: Buffer; state?: 'running'; total?: number } = {},
): Promise<Transfer> {
  const { id = randomUUID(), state = 'preparing', ...rest } = more;
  await insertTransfer(services.pool, session, { id, spec, state, ...rest });
  return readTransfer(services, session, id);
}

function toTransfer({ spec, createdAt, endedAt, ...transfer }: StoredTransfer): Transfer {
  const name = spec.kind === 'export' ? spec.name : spec.kind === 'files' ? spec.files.map((file) => file.name).slice(0, 3).join(', ') : `${spec.server.user} · ${spec.server.host}`;
  return { ...transfer, kind: spec.kind, name, createdAt: createdAt.toISOString(), endedAt: endedAt?.toISOString() ?? null };
}
