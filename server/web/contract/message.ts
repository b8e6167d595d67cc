// One conversation and the messages in it: heads from the index, contents from the mail store.
import { z } from 'zod';
import { specialUse } from './mailbox.ts';
import { reminder } from './reminders.ts';
import { instant, mailAddress, opaqueId } from './shapes.ts';

export const attachment = z.object({
  id: opaqueId,
  filename: z.string(),
  /** As declared by the sender, lower case. Downloads are never served as active content. */
  contentType: z.string(),
  sizeBytes: z.number().int(),
  /** Shown within the HTML by cid:, so usually not listed. */
  inline: z.boolean(),
  /** Same origin; `?download=1` forces the save dialogue. */
  url: z.string(),
  preview: z.enum(['image', 'text', 'pdf', 'audio', 'video', 'none']),
});
export type Attachment = z.infer<typeof attachment>;

export const authenticationResult = z.enum(['pass', 'fail', 'softfail', 'neutral', 'none', 'temperror', 'permerror', 'policy']);

/** From the Authentication-Results header of our own MX; null when the message did not come through it. */
export const authentication = z.object({
  spf: z.object({ result: authenticationResult, domain: z.string() }).nullable(),
  dkim: z.array(z.object({ result: authenticationResult, domain: z.string() })),
  dmarc: z.object({ result: authenticationResult, domain: z.string(), policy: z.string() }).nullable(),
  /** In one word: `verified` (DMARC pass), `failed` (DMARC fail, or SPF and DKIM both fail), else `unknown`. */
  verdict: z.enum(['verified', 'failed', 'unknown']),
});
export type Authentication = z.infer<typeof authentication>;

/** List-Unsubscribe (RFC 2369, 8058). `oneClick`: POST to …/unsubscribe does it. */
export const unsubscribe = z.object({ oneClick: z.boolean(), url: z.string().nullable(), mailto: z.string().nullable() });

/** Something the reader should know before trusting the message. */
export const senderWarning = z.enum(['authentication_failed', 'display_name_is_address', 'reply_to_differs', 'own_domain_unverified', 'lookalike_domain']);

export const emailContent = z.object({
  kind: z.enum(['html', 'text', 'empty']),
  /**
   * The document for the message's iframe: `<iframe sandbox="allow-same-origin allow-popups
   * allow-popups-to-escape-sandbox" src={bodyUrl + '?theme=dark&images=1'}>`. No script runs in it; the parent
   * measures `contentDocument.documentElement`.
   */
  bodyUrl: z.string(),
  /** Plain text: of the text part, or made from the HTML. At most 200,000 characters. */
  text: z.string(),
  remoteImages: z.number().int(),
  /** Hosts of tracking pixels found, without repeats. */
  trackers: z.array(z.string()),
  /** Whether the settings (or a trusted sender) let remote images load; the body follows unless told by ?images. */
  imagesAllowed: z.boolean(),
  attachments: z.array(attachment),
  authentication: authentication.nullable(),
  unsubscribe: unsubscribe.nullable(),
  warnings: z.array(senderWarning),
  /** With `lookalike_domain`: the domain that the sender's is made to be taken for. */
  imitates: z.string().nullable(),
  /** Neither written to nor heard from before, as far back as is looked. Not told of lists and the account's own mail. */
  firstContact: z.boolean(),
  /** Part of the message could not be shown: too large, or broken beyond reading. */
  truncated: z.boolean(),
});
export type EmailContent = z.infer<typeof emailContent>;

/** A message's head, as the index has it. */
export const emailHead = z.object({
  id: opaqueId,
  conversationId: opaqueId,
  folderId: opaqueId,
  folderName: z.string(),
  folderUse: specialUse.nullable(),
  from: mailAddress.nullable(),
  replyTo: z.array(mailAddress),
  to: z.array(mailAddress),
  cc: z.array(mailAddress),
  bcc: z.array(mailAddress),
  subject: z.string(),
  snippet: z.string(),
  /** When it arrived: what lists and conversations are ordered by. */
  date: instant,
  /** From the Date header: whatever the sender's clock said. */
  sentAt: instant,
  sizeBytes: z.number().int(),
  unread: z.boolean(),
  starred: z.boolean(),
  answered: z.boolean(),
  forwarded: z.boolean(),
  draft: z.boolean(),
  hasAttachments: z.boolean(),
  labels: z.array(z.string()),
  /** Sent by the account itself. */
  outgoing: z.boolean(),
});
export type EmailHead = z.infer<typeof emailHead>;

export const email = emailHead.extend({ content: emailContent });
export type Email = z.infer<typeof email>;

/**
 * Oldest first. `content` is there for the messages that a reader sees opened at once (unread ones and the newest,
 * at most five) and null for the rest: GET /api/emails/{id} when one is unfolded.
 */
export const conversation = z.object({
  id: opaqueId,
  subject: z.string(),
  messages: z.array(emailHead.extend({ content: emailContent.nullable() })),
  /** More messages than are shown (the oldest are left out beyond 500). */
  omitted: z.number().int(),
  /** New messages go past the inbox. */
  muted: z.boolean(),
  reminder,
});
export type Conversation = z.infer<typeof conversation>;

export const conversationQuery = z.object({ folderId: opaqueId.optional() });

/** `images`: 1 loads remote images for this view, 0 blocks them, absent follows the settings. */
export const bodyQuery = z.object({ images: z.enum(['0', '1']).optional(), theme: z.enum(['light', 'dark']).default('light') });
export const attachmentQuery = z.object({ download: z.literal('1').optional() });
export const imageQuery = z.object({ u: z.string().min(22).max(5000).regex(/^[A-Za-z0-9_-]+$/) });

export const trustSenderBody = z.object({ address: z.string().min(3).max(320), trusted: z.boolean() });
