// The routes about notices: a subscription belongs to the session that asked for it.
import { deleteSubscription, hasSubscription, saveSubscription } from '../../notices/subscription.store.ts';
import { vapidKeys } from '../../notices/vapid.ts';
import { fieldError } from '../api/app-error.ts';
import type { PushBody, PushState } from '../contract/push.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';

export async function readPush({ pool, secretBox }: Services, session: Session): Promise<PushState> {
  return { publicKey: vapidKeys(secretBox).publicKey, subscribed: await hasSubscription(pool, session.id) };
}

/** @throws AppError when the key is no point of the curve: nothing could ever be encrypted for it */
export async function subscribe(services: Services, session: Session, { endpoint, keys }: PushBody): Promise<PushState> {
  if (!(await isPoint(keys.p256dh))) throw fieldError('keys.p256dh', 'the public key of a P-256 pair, base64url');
  const owner = { tenantId: session.tenantId, accountId: session.accountId, sessionId: session.id };
  await saveSubscription(services.pool, owner, { endpoint, ...keys });
  return readPush(services, session);
}

export async function unsubscribe(services: Services, session: Session): Promise<PushState> {
  await deleteSubscription(services.pool, session.id);
  return readPush(services, session);
}

async function isPoint(key: string): Promise<boolean> {
  const raw = Buffer.from(key, 'base64url');
  return crypto.subtle.importKey('raw', raw, { name: 'ECDH', namedCurve: 'P-256' }, false, []).then(() => true, () => false);
}
