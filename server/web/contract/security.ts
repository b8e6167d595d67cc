// How an account proves that it is itself: second steps, passkeys, recovery codes, app passwords, the trail of it all.
import { z } from 'zod';
import { instant, opaqueId } from './shapes.ts';

/** Opaque; held by the page until the proof is given. */
const challengeToken = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'not a token');

/** What the browser's WebAuthn answers, checked by the server's library; only its size and shape are checked here. */
const credential = z
  .object({ id: z.string().min(1).max(1400), rawId: z.string().max(1400), type: z.literal('public-key'), response: z.record(z.string(), z.unknown()) })
  .loose();
/** Options as the browser's WebAuthn takes them. */
const webauthnOptions = z.record(z.string(), z.unknown());
const ceremony = z.object({ token: challengeToken, options: webauthnOptions });
export type Ceremony = z.infer<typeof ceremony>;

export const secondStepMethod = z.enum(['totp', 'recovery_code', 'passkey']);
export type SecondStepMethod = z.infer<typeof secondStepMethod>;

/** The password was right, and is not enough. */
export const secondStepNeeded = z.object({
  secondStep: z.object({ token: challengeToken, methods: z.array(secondStepMethod), passkey: webauthnOptions.nullable() }),
});
export type SecondStepNeeded = z.infer<typeof secondStepNeeded>;

const code = z.string().trim().min(1, 'a code is needed').max(40);
export const secondStepBody = z.discriminatedUnion('method', [
  z.object({ method: z.literal('totp'), token: challengeToken, code }),
  z.object({ method: z.literal('recovery_code'), token: challengeToken, code }),
  z.object({ method: z.literal('passkey'), token: challengeToken, credential }),
]);
export type SecondStepBody = z.infer<typeof secondStepBody>;

export const passkeyCeremony = ceremony;
export const passkeySignInBody = z.object({ token: challengeToken, credential, remember: z.boolean().default(false) });

export const verifyOptions = z.object({ passkey: ceremony.nullable() });
const password = z.string().min(1, 'a password is needed').max(1024);
export const verifyBody = z.discriminatedUnion('method', [
  z.object({ method: z.literal('password'), password }),
  z.object({ method: z.literal('passkey'), token: challengeToken, credential }),
]);
export type VerifyBody = z.infer<typeof verifyBody>;

export const passkey = z.object({ id: opaqueId, name: z.string(), createdAt: instant, lastUsedAt: instant.nullable(), backedUp: z.boolean() });
export type Passkey = z.infer<typeof passkey>;

export const securityState = z.object({
  /** The password alone does not sign in, and opens no mail program. */
  twoStep: z.boolean(),
  totp: z.boolean(),
  recoveryCodesLeft: z.number(),
  passkeys: z.array(passkey),
  /** Whether this site has a name that passkeys can be made for. */
  passkeysPossible: z.boolean(),
});
export type SecurityState = z.infer<typeof securityState>;

export const twoStepBody = z.object({ enabled: z.boolean() });

/** A square drawing: an SVG path in units of one module. */
export const qrCode = z.object({ size: z.number(), path: z.string() });
export type QrCode = z.infer<typeof qrCode>;

export const totpSecret = z.object({ secret: z.string(), uri: z.string(), qr: qrCode });
export type TotpSecret = z.infer<typeof totpSecret>;
export const totpConfirmBody = z.object({ code });

/** Codes are there the once that they are made. */
export const securityChanged = z.object({ state: securityState, recoveryCodes: z.array(z.string()).nullable() });
export type SecurityChanged = z.infer<typeof securityChanged>;

const name = z.string().trim().min(1, 'a name is needed').max(100);
export const passkeyCreateBody = z.object({ token: challengeToken, name, credential });
export const passkeyRenameBody = z.object({ name });

export const passwordBody = z.object({ current: password, next: password });

export const activityQuery = z.object({ limit: z.coerce.number().int().min(1).max(100).default(30) });
export const activityItem = z.object({
  id: opaqueId,
  at: instant,
  kind: z.string(),
  method: z.string().nullable(),
  detail: z.string().nullable(),
  ip: z.string(),
  userAgent: z.string(),
});
export type ActivityItem = z.infer<typeof activityItem>;
export const activityList = z.object({ items: z.array(activityItem) });

export const appPasswordScope = z.enum(['imap', 'pop3', 'smtp']);
export type AppPasswordScope = z.infer<typeof appPasswordScope>;

export const appPassword = z.object({
  id: opaqueId,
  name: z.string(),
  scopes: z.array(appPasswordScope),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
});
export type AppPassword = z.infer<typeof appPassword>;

/** One server that a mail program needs. */
export const mailServer = z.object({ host: z.string(), port: z.number(), security: z.enum(['tls', 'starttls']) });
export const mailServers = z.object({ username: z.string(), imap: mailServer, pop3: mailServer, smtp: mailServer, smtpStarttls: mailServer });
export type MailServers = z.infer<typeof mailServers>;

export const appPasswordList = z.object({ items: z.array(appPassword), servers: mailServers });
export const appPasswordCreateBody = z.object({
  name,
  scopes: z.array(appPasswordScope).min(1, 'at least one is needed').max(3).transform((scopes) => [...new Set(scopes)]),
});
/** The password is here this once. */
export const appPasswordCreated = z.object({
  item: appPassword,
  password: z.string(),
  servers: mailServers,
  /** Apple's profile, good for ten minutes: a link, and the same as a code to scan. Null without IMAP and sending. */
  profile: z.object({ url: z.string(), qr: qrCode }).nullable(),
  /** What Thunderbird for Android scans. Null without IMAP and sending. */
  thunderbird: qrCode.nullable(),
});
export type AppPasswordCreated = z.infer<typeof appPasswordCreated>;
