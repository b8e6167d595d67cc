// Files shared by link: made from uploads, listed and revoked by their owner, offered to whoever has the link.
import { Readable } from 'node:stream';
import { streamStoredFile } from '../../files/stored-file.ts';
import * as store from '../../files/share.store.ts';
import { AppError } from '../api/app-error.ts';
import { contentDisposition, servedType } from '../compose/uploads.ts';
import type { SharedFile } from '../contract/shares.ts';
import { pickLanguage } from '../language/pick-language.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { endedPage, landingPage } from './landing-page.ts';
import { newLinkId, readShareToken, shareToken } from './share-token.ts';

const LIST_LIMIT = 500;

const keyOf = (services: Services): Uint8Array => services.secretBox.derive('web:shares');

/** Makes a complete upload a shared file. Again, it is the same share. @throws AppError not_found */
export async function createShare(services: Services, session: Session, uploadId: string, days: number): Promise<SharedFile> {
  const row = await store.shareUpload(services.pool, session, uploadId, newLinkId(), days);
  if (!row) throw new AppError('not_found');
  return toShared(services, row);
}

export async function ownShares(services: Services, session: Session): Promise<SharedFile[]> {
  return (await store.listShares(services.pool, session.accountId, LIST_LIMIT)).map((row) => toShared(services, row));
}

/** The link ends at once; the scheduler takes the bytes away. @throws AppError not_found */
export async function revokeShare(services: Services, session: Session, id: string): Promise<void> {
  if (!(await store.endShare(services.pool, session.accountId, id))) throw new AppError('not_found');
}

/** The page behind a link. Opening it is no download: whoever scans mail opens links. */
export async function serveSharePage(services: Services, request: Request, token: string): Promise<Response> {
  const language = pickLanguage(undefined, request.headers.get('accept-language'));
  const file = await offered(services, token);
  return file ? landingPage(file, `/f/${token}/file`, language) : endedPage(language);
}

/** The file itself, always to be saved, never shown. */
export async function serveSharedFile(services: Services, request: Request, token: string): Promise<Response> {
  const file = await offered(services, token);
  if (!file) return endedPage(pickLanguage(undefined, request.headers.get('accept-language')));
  const headers = {
    'content-type': servedType(file.contentType),
    'content-length': String(file.sizeBytes),
    'content-disposition': contentDisposition('attachment', file.filename),
    'x-robots-tag': 'noindex',
  };
  if (request.method === 'HEAD') return new Response(null, { headers });
  await store.countDownload(services.pool, file.id);
  return new Response(Readable.toWeb(streamStoredFile(services.blobs, file)) as ReadableStream<Uint8Array>, { headers });
}

async function offered(services: Services, token: string): Promise<store.OfferedFile | null> {
  const linkId = readShareToken(keyOf(services), token);
  return linkId ? store.findOffered(services.pool, linkId) : null;
}

function toShared(services: Services, row: store.SharedFileRow): SharedFile {
  return {
    id: row.id,
    url: `${services.config.publicUrl}/f/${shareToken(keyOf(services), row.linkId)}`,
    filename: row.filename,
    contentType: row.contentType,
    sizeBytes: row.sizeBytes,
    scan: row.scan,
    downloads: row.downloads,
    lastDownloadAt: row.lastDownloadAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  };
}
