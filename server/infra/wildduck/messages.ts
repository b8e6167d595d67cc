// Messages over WildDuck's REST API: reading, storing, flags, moving, deleting.
import type { Readable } from 'node:stream';
import { toMessage, type MessageReply } from './message-mapping.ts';
import { path, type StreamReply, type Transport } from './transport.ts';
import type { DraftFields, Message, MessageChanges, UpdateOutcome, UploadFlags, UploadOutcome } from './types.ts';
import { orNull } from './users.ts';

/** Storing 50 MB may take a while on a busy machine. */
const UPLOAD_TIMEOUT_MS = 120_000;
/** Moving thousands copies document by document. */
const BULK_TIMEOUT_MS = 600_000;

interface UploadReply {
  message: { id: number; mailbox: string; size: number };
  previousDeleted?: boolean;
}

/** Where a message is: the account, the mailbox and the UID. */
export interface MessagePlace {
  userId: string;
  mailboxId: string;
  uid: number;
}

/** A message's headers, bodies and attachment list, without marking it seen; null when it is gone. */
export async function getMessage(transport: Transport, place: MessagePlace): Promise<Message | null> {
  const reply = await orNull(transport.json<MessageReply>('GET', messagePath(place)));
  return reply ? toMessage(reply) : null;
}

/** The message as it was received, as a stream that the caller consumes or destroys; null when it is gone. */
export async function getSource(transport: Transport, place: MessagePlace): Promise<Readable | null> {
  const reply = await orNull(transport.stream(`${messagePath(place)}/message.eml`));
  return reply?.stream ?? null;
}

/** One attachment, decoded; null when it or the message is gone. */
export function getAttachment(transport: Transport, place: MessagePlace, attachmentId: string): Promise<StreamReply | null> {
  return orNull(transport.stream(`${messagePath(place)}${path(['attachments', attachmentId])}`));
}

/** Stores a complete message, bytes unchanged. Not idempotent: a repeated call stores a second copy. */
export async function uploadRaw(
  transport: Transport,
  target: { userId: string; mailboxId: string },
  raw: Uint8Array,
  flags: UploadFlags = {},
): Promise<UploadOutcome> {
  const reply = await transport.json<UploadReply>('POST', messagesPath(target), {
    query: {
      unseen: flags.unseen ?? false,
      flagged: flags.flagged ?? false,
      draft: flags.draft ?? false,
      date: flags.date?.toISOString(),
      metaData: flags.metaData && JSON.stringify(flags.metaData),
      'replacePrevious.mailbox': flags.replacePrevious?.mailboxId,
      'replacePrevious.id': flags.replacePrevious?.uid,
    },
    body: raw,
    contentType: 'message/rfc822',
    timeoutMs: UPLOAD_TIMEOUT_MS,
  });
  return uploaded(reply);
}

/** Has WildDuck compose and store a message from its fields; meant for drafts. */
export async function uploadDraft(
  transport: Transport,
  target: { userId: string; mailboxId: string },
  fields: DraftFields,
  flags: UploadFlags = {},
): Promise<UploadOutcome> {
  const { attachments, reference, ...plain } = fields;
  const reply = await transport.json<UploadReply>('POST', messagesPath(target), {
    json: {
      ...plain,
      draft: flags.draft ?? true,
      unseen: flags.unseen ?? false,
      flagged: flags.flagged ?? false,
      ...(flags.date && { date: flags.date.toISOString() }),
      ...(flags.metaData && { metaData: flags.metaData }),
      ...(flags.replacePrevious && {
        replacePrevious: { mailbox: flags.replacePrevious.mailboxId, id: flags.replacePrevious.uid },
      }),
      ...(reference && {
        reference: {
          mailbox: reference.mailboxId, id: reference.uid, action: reference.action,
          ...(reference.attachments !== undefined && { attachments: reference.attachments }),
        },
      }),
      ...(attachments && {
        attachments: attachments.map((file) => ({
          filename: file.filename,
          contentType: file.contentType,
          cid: file.contentId,
          content: file.content.toString('base64'),
          encoding: 'base64',
          ...(file.inline && { contentDisposition: 'inline' }),
        })),
      }),
    },
    timeoutMs: UPLOAD_TIMEOUT_MS,
  });
  return uploaded(reply);
}

/** Sets flags on, or moves, messages of one mailbox. Those that are gone are skipped. Repeating flag changes is harmless. */
export async function updateMessages(
  transport: Transport,
  target: { userId: string; mailboxId: string },
  uids: readonly number[],
  changes: MessageChanges,
): Promise<UpdateOutcome> {
  if (uids.length === 0) return { updated: 0, moved: [] };
  const reply = await orNull(
    transport.json<{ updated?: number; id?: [number, number][] }>('PUT', messagesPath(target), {
      json: {
        message: uids.join(','),
        ...changes,
        ...(changes.expires instanceof Date && { expires: changes.expires.toISOString() }),
      },
      timeoutMs: BULK_TIMEOUT_MS,
    }),
  );
  const moved = (reply?.id ?? []).map(([from, to]) => ({ from, to }));
  return { updated: reply?.updated ?? moved.length, moved };
}

/** Deletes one message for good (WildDuck keeps an archived copy for a while); false when it was gone already. */
export async function deleteMessage(transport: Transport, place: MessagePlace): Promise<boolean> {
  const reply = await orNull(transport.json<{ deleted?: number }>('DELETE', messagePath(place)));
  return (reply?.deleted ?? 0) > 0;
}

/** Empties a mailbox (Trash, Junk); the number of messages deleted. */
export async function deleteAllMessages(transport: Transport, target: { userId: string; mailboxId: string }): Promise<number> {
  const reply = await transport.json<{ deleted?: number }>('DELETE', messagesPath(target), { timeoutMs: BULK_TIMEOUT_MS });
  return reply.deleted ?? 0;
}

function messagesPath({ userId, mailboxId }: { userId: string; mailboxId: string }): string {
  return path(['users', userId, 'mailboxes', mailboxId, 'messages']);
}

function messagePath(place: MessagePlace): string {
  return messagesPath(place) + path([place.uid]);
}

function uploaded(reply: UploadReply): UploadOutcome {
  return {
    uid: reply.message.id,
    mailboxId: reply.message.mailbox,
    sizeBytes: reply.message.size,
    previousDeleted: reply.previousDeleted,
  };
}
