// Files being attached: taking them in, giving them back to their owner, loading them for a message.
import { randomUUID } from 'node:crypto';
import { readBytes } from '../api/read-input.ts';
import { AppError, fieldError } from '../api/app-error.ts';
import { COMPOSE_LIMITS, type Upload } from '../contract/compose.ts';
import { sniffImage } from '../message/image-proxy.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { oneLine } from './check-compose.ts';
import type { MimePart } from './build-mime.ts';
import * as store from './upload.store.ts';

/** All of an account's waiting files; beyond, somebody uses compose as a file store. */
const MAX_WAITING_BYTES = 1024 * 1024 * 1024;

/** What a file being uploaded must not claim to be for the browser: everything that could run. */
const SERVED_AS_IS = /^(?:image\/(?:png|jpeg|gif|webp|avif|bmp)|text\/plain|application\/pdf|audio\/[\w.+-]+|video\/[\w.+-]+)$/;

/** Types that the bytes would have shown, had they been that. */
const SNIFFED = /^image\/(?:png|jpe?g|gif|webp|avif|bmp|x-icon)$/;

/** Reads a request's body as a new upload. @throws AppError too_large, quota_exceeded, invalid_request */
export async function takeUpload(services: Services, session: Session, request: Request, filename: string): Promise<Upload> {
  const name = cleanFilename(filename);
  const content = await readBytes(request, COMPOSE_LIMITS.uploadBytes);
  if ((await store.uploadedBytes(services.pool, session.accountId)) + content.length > MAX_WAITING_BYTES) {
    throw new AppError('quota_exceeded', { text: 'Too many files are waiting in drafts. Remove some of them first.' });
  }
  const declared = (request.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
  return keepUpload(services, session, { filename: name, contentType: contentTypeOf(declared, content), content });
}

/** Stores bytes as an upload of the account. */
export async function keepUpload(
  services: Services,
  session: Pick<Session, 'tenantId' | 'accountId'>,
  file: { filename: string; contentType: string; content: Buffer },
): Promise<Upload> {
  const id = randomUUID();
  const blobKey = `uploads/${session.accountId}/${id}`;
  await services.blobs.put(blobKey, file.content);
  const row = { id, filename: file.filename, contentType: file.contentType, sizeBytes: file.content.length, blobKey };
  await store.insertUpload(services.pool, session, row);
  return toUpload(row);
}

export function toUpload(row: Pick<store.UploadRow, 'id' | 'filename' | 'contentType' | 'sizeBytes'>): Upload {
  return { id: row.id, filename: row.filename, contentType: row.contentType, sizeBytes: row.sizeBytes, url: `/api/uploads/${row.id}` };
}

/** The file itself, for previews and inline images; never as something that a browser would run. */
export async function serveUpload(services: Services, session: Session, id: string): Promise<Response> {
  const [row] = await store.findUploads(services.pool, session.accountId, [id]);
  const content = row ? await services.blobs.get(row.blobKey) : null;
  if (!row || !content) throw new AppError('not_found');
  const safe = SERVED_AS_IS.test(row.contentType);
  return new Response(new Uint8Array(content), {
    headers: {
      'content-type': safe ? row.contentType : 'application/octet-stream',
      'content-disposition': contentDisposition(safe ? 'inline' : 'attachment', row.filename),
      'cache-control': 'private, max-age=3600',
    },
  });
}

export async function removeUpload(services: Services, session: Session, id: string): Promise<void> {
  const [blobKey] = await store.deleteUploads(services.pool, session.accountId, [id]);
  if (blobKey !== undefined) await services.blobs.delete(blobKey);
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
    const content = row ? await services.blobs.get(row.blobKey) : null;
    if (!row || !content) throw fieldError(`${field}.${index}`, 'this file is no longer there; attach it again');
    parts.push({ id: row.id, filename: row.filename, contentType: row.contentType, content });
  }
  return parts;
}

/** The declared type, unless the bytes say otherwise about an image. */
function contentTypeOf(declared: string, content: Buffer): string {
  const image = sniffImage(content);
  if (image) return image;
  if (!/^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/.test(declared) || declared.length > 100) return 'application/octet-stream';
  return SNIFFED.test(declared) ? 'application/octet-stream' : declared;
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
