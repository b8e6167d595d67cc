// Drafts, uploads and sending.
import { z } from 'zod';
import { remindDays } from './reminders.ts';
import { instant, mailAddress, moment, opaqueId, recipientInput } from './shapes.ts';
import { upload } from './uploads.ts';

export const COMPOSE_LIMITS = {
  /** One file as a part of the message. */
  uploadBytes: 25 * 1024 * 1024,
  /** One file that the message only links to. */
  linkBytes: 2 * 1024 * 1024 * 1024,
  /** The whole message as it leaves, encoded. */
  messageBytes: 35 * 1024 * 1024,
  recipients: 500,
} as const;

const recipients = z.array(recipientInput).max(COMPOSE_LIMITS.recipients, `at most ${COMPOSE_LIMITS.recipients} recipients`).default([]);

export const replyMode = z.enum(['reply', 'replyAll', 'forward']);
export type ReplyMode = z.infer<typeof replyMode>;

/** What a message being written consists of. HTML wins over text when both are there. */
export const composeFields = z.object({
  /** One of the account's identities; its main address when absent. */
  from: z.string().max(320).optional(),
  to: recipients,
  cc: recipients,
  bcc: recipients,
  subject: z.string().max(2000).default(''),
  html: z.string().max(5_000_000).nullable().default(null),
  text: z.string().max(5_000_000).nullable().default(null),
  /** Upload ids, in the order shown. Inline images are in the HTML as the upload's `url`. */
  attachments: z.array(opaqueId).max(200).default([]),
  /** The message answered or forwarded. */
  inReplyTo: z.object({ emailId: opaqueId, mode: replyMode }).nullable().default(null),
  /** Brings it back to the inbox when nobody has answered so many days after it left. */
  remindAfterDays: remindDays.nullable().default(null),
});
/** As a client sends it (defaults may be left out). */
export type ComposeFields = z.input<typeof composeFields>;
export type ComposeFieldsFull = z.output<typeof composeFields>;

export const draft = z.object({
  id: opaqueId,
  /** Grows by one with each save; send it back with the next save. */
  revision: z.number().int(),
  updatedAt: instant,
  fields: composeFields,
  uploads: z.array(upload),
  /** The copy in the Drafts folder, once it is there. */
  emailId: opaqueId.nullable(),
});
export type Draft = z.infer<typeof draft>;

/** Names the window that writes, the same for all of its saves: one repeated after a lost answer is then no conflict. */
const writer = opaqueId.optional();

/** With an `id` of the client's own making, a repeated request makes one draft. */
export const draftCreateBody = composeFields.extend({ id: z.uuid().optional(), writer });
export type DraftCreateBody = z.input<typeof draftCreateBody>;
/** 409 draft_conflict when `revision` is not the stored one: the answer of GET is what the other tab saved. */
export const draftUpdateBody = z.object({
  revision: z.number().int().min(1),
  fields: composeFields,
  writer,
  /** The last save for now (window closed, tab hidden): writes the copy in the Drafts folder at once. */
  final: z.boolean().default(false),
});
export type DraftUpdateBody = z.input<typeof draftUpdateBody>;
export const draftSaved = z.object({ id: opaqueId, revision: z.number().int(), updatedAt: instant });
export type DraftSaved = z.infer<typeof draftSaved>;

export const draftDeleteQuery = z.object({ revision: z.coerce.number().int().optional() });

/**
 * A message to start writing from: POST /api/emails/{id}/compose. `draft` opens a message of the Drafts folder;
 * the others fill recipients, subject, quoted text and (with forward) copied attachments. Nothing is saved yet
 * except with `draft`.
 */
export const composeFromBody = z.object({ mode: z.enum(['reply', 'replyAll', 'forward', 'draft']) });
export const composeFrom = z.object({
  fields: composeFields,
  uploads: z.array(upload),
  /** Set with `draft`: go on with PUT /api/emails/drafts/{id}. */
  draft: z.object({ id: opaqueId, revision: z.number().int() }).nullable(),
});
export type ComposeFrom = z.infer<typeof composeFrom>;

/** Longest time in which a message can be taken back, in seconds. */
export const UNDO_SECONDS_MAX = 30;
/** How far ahead a message may be scheduled. */
export const SCHEDULE_DAYS_MAX = 365;

/** Header `idempotency-key` (8–200 characters) is required: the same key sends at most once. */
export const sendBody = composeFields.extend({
  /** Removed once the message is accepted. */
  draftId: opaqueId.optional(),
  /** Waits so long before it leaves, and can be taken back meanwhile. */
  undoSeconds: z.number().int().min(0).max(UNDO_SECONDS_MAX).default(0),
  /** Leaves at this moment rather than at once. */
  sendAt: moment.optional(),
});
export type SendBody = z.input<typeof sendBody>;

export const sendResult = z.object({
  /** For taking it back. */
  sendId: opaqueId,
  /** Null while it waits for a time that is far ahead. */
  queueId: opaqueId.nullable(),
  messageId: z.string(),
  /** False while it waits, and when the Sent copy had to be put off; the server goes on trying. */
  savedToSent: z.boolean(),
  /** Until then it can be taken back; null when it has left. */
  heldUntil: instant.nullable(),
});
export type SendResult = z.infer<typeof sendResult>;

/** A message that waits before it leaves. */
export const heldSend = z.object({
  id: opaqueId,
  to: z.array(mailAddress),
  subject: z.string(),
  /** The beginning of its text. */
  snippet: z.string(),
  sendAt: instant,
  /** The writer chose the time; otherwise it only waits to be taken back. */
  scheduled: z.boolean(),
  /** Why it could not be put into the queue; it stays until its writer decides. */
  failure: z.string().nullable(),
});
export type HeldSend = z.infer<typeof heldSend>;
export const heldSends = z.object({ items: z.array(heldSend) });

/** Another time for a message that waits; `null` is now. */
export const rescheduleBody = z.object({ sendAt: moment.nullable() });
