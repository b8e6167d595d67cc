// One notice to one browser: encrypted for it (RFC 8291), signed by us (RFC 8292), handed to its push service (RFC 8030).
import webPush from 'web-push';
import { publicHttps, type PublicHttpsDeps } from '../infra/dns/public-https.ts';
import type { DueNotice, PushKeys } from './subscription.store.ts';
import type { VapidKeys } from './vapid.ts';

/** What the service worker shows. No text of the message: who wrote, about what, and where it opens. */
export interface Notice {
  title: string;
  body: string;
  tag: string;
  path: string;
}

/** `gone`: the browser no longer wants any (404, 410). */
export type SentNotice = 'sent' | 'gone' | { failed: string };

/** News of yesterday is none. */
const TTL_SECONDS = 24 * 3600;
const TIMEOUT_MS = 10_000;
/** Payloads may have 4096 bytes with their padding; names and subjects can be any length. */
const LINE_MAX = 200;

const shortened = (text: string): string => (text.length > LINE_MAX ? `${text.slice(0, LINE_MAX - 1)}…` : text);

/** The newest message of each conversation; the rest is in the mailbox. */
export function noticesOf({ arrivals }: Pick<DueNotice, 'arrivals'>): Notice[] {
  const newest = new Map<string, Notice>();
  for (const { conversationId, fromName, fromAddress, subject } of arrivals) {
    if (newest.has(conversationId)) continue;
    newest.set(conversationId, { title: shortened(fromName || fromAddress), body: shortened(subject), tag: conversationId, path: `/mail/inbox/${encodeURIComponent(conversationId)}` });
  }
  return [...newest.values()];
}

export interface NoticeSender {
  https: PublicHttpsDeps;
  vapid: VapidKeys;
  /** Whom a push service may turn to: the site, or `mailto:`. */
  subject: string;
}

/** Never throws for what the push service does. */
export async function sendNotice(sender: NoticeSender, { endpoint, p256dh, auth }: PushKeys, notice: Notice): Promise<SentNotice> {
  const { headers, body } = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, JSON.stringify(notice), {
    TTL: TTL_SECONDS,
    urgency: 'normal',
    contentEncoding: 'aes128gcm',
    vapidDetails: { subject: sender.subject, ...sender.vapid },
  });
  // The request counts the bytes itself.
  const named = Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-length').map(([name, value]) => [name, String(value)]));
  const answer = await publicHttps(sender.https, { url: endpoint, method: 'POST', headers: named, body, timeoutMs: TIMEOUT_MS, maxBytes: 64 * 1024 });
  if (answer.kind === 'failed') return { failed: answer.reason };
  if (answer.status === 404 || answer.status === 410) return 'gone';
  return answer.status >= 200 && answer.status < 300 ? 'sent' : { failed: `answered ${answer.status}` };
}
