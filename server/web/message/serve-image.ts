// GET /api/images: a remote image through the proxy, for the account that its address was signed for.
import { AppError } from '../api/app-error.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { fetchRemoteImage } from './image-proxy.ts';

export async function serveRemoteImage(services: Services, session: Session, token: string): Promise<Response> {
  const url = services.images.open(session.accountId, token);
  if (url === null) throw new AppError('forbidden', { text: 'This image address was not made here.' });
  const outcome = await fetchRemoteImage(url);
  if (outcome.kind !== 'image') throw new AppError('not_found', { text: 'This image could not be loaded.' });
  return new Response(new Uint8Array(outcome.bytes), {
    headers: {
      'content-type': outcome.contentType,
      'content-disposition': 'inline',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, max-age=86400',
    },
  });
}
