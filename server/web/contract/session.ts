// Sign-in, the signed-in account and its settings.
import { z } from 'zod';
import { UNDO_SECONDS_MAX } from './compose.ts';
import { LANGUAGE_TAGS } from './languages.ts';
import { instant, opaqueId } from './shapes.ts';

export const signInBody = z.object({
  address: z.string().trim().min(1, 'an address is needed').max(320),
  password: z.string().min(1, 'a password is needed').max(1024),
  /** Keeps the session for 30 days instead of until the browser closes (12 h at most). */
  remember: z.boolean().default(false),
});
export type SignInBody = z.input<typeof signInBody>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** `confirm`: ask before each message; `trusted`: load from trusted senders; `always`: through the proxy. */
export const remoteImagesPolicy = z.enum(['confirm', 'trusted', 'always']);

/** What an address of the account sends as, where it differs from the account's own name and signature. */
export const identityProfile = z.object({
  address: z.string().max(320),
  /** '' is the account's. */
  name: z.string().max(200),
  /** Null is the account's. */
  signatureHtml: z.string().max(20_000).nullable(),
});
export type IdentityProfile = z.infer<typeof identityProfile>;

export const settings = z.object({
  displayName: z.string().max(200),
  /** `auto` is what the browser asks for. */
  language: z.enum(['auto', ...LANGUAGE_TAGS]),
  /** IANA name; '' is the device's. */
  timeZone: z.string().max(64).refine((name) => name === '' || isTimeZone(name), 'an IANA time zone, such as Europe/Berlin, or nothing'),
  theme: z.enum(['system', 'light', 'dark']),
  density: z.enum(['comfortable', 'compact']),
  signatureHtml: z.string().max(20_000),
  remoteImages: remoteImagesPolicy,
  /** Two-pane reading on wide screens, or one at a time. */
  readingPane: z.enum(['right', 'none']),
  /** Searches kept by name, in the order in which they were saved. */
  savedSearches: z.array(z.object({ name: z.string().trim().min(1).max(60), q: z.string().trim().min(1).max(1000) })).max(50),
  identities: z.array(identityProfile).max(100),
  /** How long a message waits after "Send", to be taken back; 0 is not at all. */
  undoSeconds: z.number().int().min(0).max(UNDO_SECONDS_MAX),
});
export type Settings = z.infer<typeof settings>;

export const settingsPatch = settings.partial();
export type SettingsPatch = z.infer<typeof settingsPatch>;

/** An address the account may send from. */
export const identity = z.object({ address: z.string(), name: z.string(), main: z.boolean() });
export type Identity = z.infer<typeof identity>;

export const me = z.object({
  account: z.object({
    id: opaqueId,
    address: z.string(),
    displayName: z.string(),
    role: z.enum(['operator', 'admin', 'user']),
  }),
  identities: z.array(identity),
  settings,
  /** Bytes; limit 0 means none. */
  quota: z.object({ usedBytes: z.number(), limitBytes: z.number() }),
  limits: z.object({ uploadBytes: z.number(), linkBytes: z.number(), messageBytes: z.number(), recipients: z.number() }),
  /** Whether this session outlives the browser: such a device may keep mail for reading offline. */
  remembered: z.boolean(),
  /** Send back as `x-csrf-token` with every unsafe request (the client does). */
  csrfToken: z.string(),
});
export type Me = z.infer<typeof me>;

export const sessionInfo = z.object({
  id: opaqueId,
  current: z.boolean(),
  createdAt: instant,
  lastSeenAt: instant,
  ip: z.string(),
  userAgent: z.string(),
});
export type SessionInfo = z.infer<typeof sessionInfo>;
