// Notices of new mail in browsers that are not looking (web push).
import { z } from 'zod';

/** An unpadded base64url text of so many bytes. */
const bytes = (count: number, what: string) => z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${Math.ceil((count * 8) / 6)}}$`), what);

/** What a browser's PushSubscription says of itself. */
export const pushBody = z.object({
  endpoint: z.url({ protocol: /^https$/, error: 'an https URL of a push service' }).max(2000),
  keys: z.object({ p256dh: bytes(65, 'the public key of a P-256 pair, base64url'), auth: bytes(16, '16 bytes, base64url') }),
});
export type PushBody = z.infer<typeof pushBody>;

export const pushState = z.object({
  /** VAPID public key, base64url. */
  publicKey: z.string(),
  /** Whether this session has a subscription. */
  subscribed: z.boolean(),
});
export type PushState = z.infer<typeof pushState>;
