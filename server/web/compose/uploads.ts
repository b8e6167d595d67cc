// Files being attached: taking them in, giving them back to their owner, loading them for a message.
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { contentTypeOf } from '../../files/content-type.ts';
import { eraseStoredFile, readStoredFile, streamStoredFile } from '../../files/stored-file.ts';
import * as store from '../../files/upload.store.ts';
import type { ScanContent } from '../../infra/clamd/virus-scanner.ts';
import { AppError, fieldError } from '../api/app-error.ts';
import { readBytes } from '../api/read-input.ts';
import { COMPOSE_LIMITS } from '../contract/compose.ts';
import { UPLOAD_LIMITS, type Upload } from '../contract/uploads.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { oneLine } from './check-compose.ts';
import type { MimePart } from './build-mime.ts';

/** What a file being uploaded must not claim to be for the browser: everything that could run. */
const SERVED_AS_IS = /^(?:image\/(?:png|jpeg|gif|webp|avif|bmp)|text\/plain|application\/pdf|audio\/[\w.+-]+|video\/[\w.+-]+)$/;

const isHarmless = (contentType: string): boolean => SERVED_AS_IS.test(contentType);

/** What a browser is told that a file is. */
export const servedType = (contentType: string): string => (isHarmless(contentType) ? contentType : 'application/octet-stream');

/** Reads a request's body as a new upload. @throws AppError too_large, quota_exceeded, rejected (a virus) */
export async function takeUpload(services: Services, session: Session, request: Request, filename: string): Promise<Upload> {
  const content = await readBytes(request, COMPOSE_LIMITS.uploadBytes);
  if ((await store.heldBytes(services.pool, session.accountId)) + content.length > UPLOAD_LIMITS.accountBytes) throw noRoom();
  const scan = await scanUpload(services, filename, content);
  const contentType = await contentTypeOf(request.headers.get('content-type') ?? '', content);
  return keepUpload(services, session, { filename: cleanFilename(filename), contentType, content, scan });
}

export const noRoom = (): AppError => new AppError('quota_exceeded', { text: 'Too many files are waiting in drafts and behind links. Remove some of them first.' });

/** @throws AppError rejected, naming what was found */
export async function scanUpload(services: Services, filename: string, content: ScanContent): Promise<store.UploadScan> {
  const verdict = await services.virus.scan(content);
  if (verdict.kind === 'infected') {
    services.log.warn({ virus: verdict.name }, 'an upload was refused');
    throw new AppError('rejected', { text: `“${cleanFilename(filename)}” contains a virus (${oneLine(verdict.name)}) and was not taken.` });
  }
  return verdict.kind === 'clean' ? 'clean' : verdict.reason;
}

/** Stores bytes as an upload of the account. Those of stored messages were scanned when they arrived. */
export async function keepUpload(
  services: Services,
  session: Pick<Session, 'tenantId' | 'accountId'>,
  file: { filename: string; contentType: string; content: Buffer; scan?: store.UploadScan },
): Promise<Upload> {
  const id = randomUUID();
  const row = { id, filename: file.filename, contentType: file.contentType, sizeBytes: file.content.length, blobKey: blobKeyOf(session.accountId, id), scan: file.scan ?? 'absent' };
  await services.blobs.put(row.blobKey, file.content);
  await store.insertUpload(services.pool, session, row);
  return toUpload(row);
}

export const blobKeyOf = (accountId: string, uploadId: string): string => `uploads/${accountId}/${uploadId}`;

export function toUpload(row: Pick<store.UploadRow, 'id' | 'filename' | 'contentType' | 'sizeBytes' | 'scan'>): Upload {
  return { id: row.id, filename: row.filename, contentType: row.contentType, sizeBytes: row.sizeBytes, scan: row.scan, url: `/api/uploads/${row.id}` };
}

/** The file itself, for previews and inline images; never as something that a browser would run. */
export async function serveUpload(services: Services, session: Session, id: string): Promise<Response> {
  const [row] = await store.findUploads(services.pool, session.accountId, [id]);
  if (!row) throw new AppError('not_found');
  const safe = isHarmless(row.contentType);
  return new Response(Readable.toWeb(streamStoredFile(services.blobs, row)) as ReadableStream<Uint8Array>, {
    headers: {
      'content-type': servedType(row.contentType),
      'content-length': String(row.sizeBytes),
      'content-disposition': contentDisposition(safe ? 'inline' : 'attachment', row.filename),
      'cache-control': 'private, max-age=3600',
    },
  });
}

export async function removeUpload(services: Services, session: Session, id: string): Promise<void> {
  for (const file of await store.deleteUploads(services.pool, session.accountId, [id])) await eraseStoredFile(services.blobs, file);
}

/**
 * The uploads of a message with their bytes, in order.
 * @throws AppError naming the one that is no longer there
 */
export async function loadParts(services: Services, accountId: string, ids: readonly string[], field: string): Promise<MimePart[]> {
  const rows = await store.findUploads(services.pool, accountId, ids);
  const parts: MimePart[] = [];
  for (const [index, id] of ids.entries()) {
    const row = rows.find((candidate) => candidate.id === id.toLowerCase());
    const content = row ? await readStoredFile(services.blobs, row) : null;
    if (!row || !content) throw fieldError(`${field}.${index}`, 'this file is no longer there; attach it again');
    parts.push({ id: row.id, filename: row.filename, contentType: row.contentType, content });
  }
  return parts;
}

/** The last part of a path, one line, without characters that file systems give a meaning. */
export function cleanFilename(filename: string): string {
  const name = oneLine(filename.replace(/^.*[/\\]/, '')).replace(/[<>:"|?*]/g, '_').replace(/^\.+/, '');
  return name.slice(0, 200) || 'file';
}

/** Content-Disposition with the name in both forms (RFC 6266). */
export function contentDisposition(kind: 'inline' | 'attachment', filename: string): string {
  const name = cleanFilename(filename);
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
