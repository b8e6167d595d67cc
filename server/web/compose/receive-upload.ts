// Uploads in parts: begun, added to, gone on with after anything that broke off, finished. A part that was answered is on
// disk; where an upload stands is what its row says, so that any process goes on with it.
import { contentTypeOf } from '../../files/content-type.ts';
import { eraseStoredFile, partKey, piecesOf } from '../../files/stored-file.ts';
import * as store from '../../files/upload.store.ts';
import { withTransaction } from '../../infra/db/with-transaction.ts';
import { AppError, fieldError } from '../api/app-error.ts';
import { readBytes } from '../api/read-input.ts';
import { COMPOSE_LIMITS } from '../contract/compose.ts';
import { UPLOAD_LIMITS, type Upload, type UploadState } from '../contract/uploads.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { blobKeyOf, cleanFilename, noRoom, scanUpload, toUpload } from './uploads.ts';

const LARGEST = { attach: COMPOSE_LIMITS.uploadBytes, link: COMPOSE_LIMITS.linkBytes } as const;

interface Begin {
  id: string;
  filename: string;
  contentType: string;
  sizeBytes: number;
  purpose: store.UploadPurpose;
}

/** Begins an upload, or tells how far the one of this id has come. @throws AppError too_large, quota_exceeded, conflict */
export async function beginUpload(services: Services, session: Session, begin: Begin): Promise<UploadState> {
  const largest = LARGEST[begin.purpose];
  if (begin.sizeBytes > largest) throw new AppError('too_large', { text: `“${cleanFilename(begin.filename)}” is larger than ${largest / 1048576} MB.` });
  const id = begin.id.toLowerCase();
  const file = { ...begin, id, filename: cleanFilename(begin.filename), blobKey: blobKeyOf(session.accountId, id) };
  const row = await store.beginUpload(services.pool, session, file, UPLOAD_LIMITS.accountBytes);
  if (row === 'full') throw noRoom();
  if (row === 'taken' || row.sizeBytes !== begin.sizeBytes) throw new AppError('conflict', { text: 'This identifier is another file’s.' });
  return toState(row);
}

/** @throws AppError not_found */
export async function readUploadState(services: Services, session: Session, id: string): Promise<UploadState> {
  const row = await store.findIncoming(services.pool, session.accountId, id);
  if (!row) throw new AppError('not_found');
  return toState(row);
}

/**
 * Adds a part. One sent again after its answer was lost is a conflict that changes nothing.
 * @throws AppError not_found, conflict (it does not belong there), too_large, invalid_request
 */
export async function addPart(services: Services, session: Session, request: Request, id: string, offset: number): Promise<UploadState> {
  // Read before anything is locked: who sends slowly holds up nobody.
  const content = await readBytes(request, UPLOAD_LIMITS.partBytesMax);
  return withTransaction(services.pool, async (client) => {
    const row = await store.findIncoming(client, session.accountId, id, true);
    if (!row) throw new AppError('not_found');
    const received = store.receivedBytes(row);
    if (offset !== received) throw new AppError('conflict', { text: `The upload stands at byte ${received}.` });
    const end = offset + content.length;
    if (end > row.sizeBytes) throw fieldError('offset', `the file was said to have ${row.sizeBytes} bytes`);
    if (content.length === 0 || (content.length < UPLOAD_LIMITS.partBytesMin && end < row.sizeBytes)) {
      throw fieldError('body', `at least ${UPLOAD_LIMITS.partBytesMin} bytes, but for the last part`);
    }
    // A process that dies in between leaves a blob that the next try replaces.
    await services.blobs.put(partKey(row, row.partBytes!.length), content);
    await store.addPart(client, row.id, content.length);
    return { id: row.id, offset: end, sizeBytes: row.sizeBytes, upload: null };
  });
}

/**
 * Ends an upload: looks at what it is, and whether it carries a virus; then it is gone. Again tells the same.
 * @throws AppError not_found, conflict while parts are missing, rejected for a virus
 */
export async function finishUpload(services: Services, session: Session, id: string): Promise<Upload> {
  const row = await store.findIncoming(services.pool, session.accountId, id);
  if (!row) throw new AppError('not_found');
  if (row.complete) return toUpload(row);
  const received = store.receivedBytes(row);
  if (received < row.sizeBytes) throw new AppError('conflict', { text: `The upload stands at byte ${received} of ${row.sizeBytes}.` });
  const head = row.sizeBytes === 0 ? Buffer.alloc(0) : await services.blobs.get(partKey(row, 0));
  if (!head) throw new AppError('gone', { text: 'This file is no longer there; attach it again.' });
  try {
    const facts = { contentType: await contentTypeOf(row.contentType, head), scan: await scanUpload(services, row.filename, piecesOf(services.blobs, row)) };
    await store.completeUpload(services.pool, row.id, facts);
    return toUpload({ ...row, ...facts });
  } catch (error) {
    if (error instanceof AppError && error.code === 'rejected') {
      for (const file of await store.deleteUploads(services.pool, session.accountId, [row.id])) await eraseStoredFile(services.blobs, file);
    }
    throw error;
  }
}

function toState(row: store.IncomingRow): UploadState {
  return { id: row.id, offset: store.receivedBytes(row), sizeBytes: row.sizeBytes, upload: row.complete ? toUpload(row) : null };
}
