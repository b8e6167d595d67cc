// From WildDuck's message JSON to ours: absent lists become empty ones, dates become dates.
import type { Address, Message } from './types.ts';

interface AddressReply {
  name?: string;
  address?: string;
}

interface AttachmentReply {
  id: string;
  filename?: string;
  contentType?: string;
  disposition?: string | false;
  cid?: string | null;
  related?: boolean;
  sizeKb?: number;
  size?: number;
}

interface FileReply {
  id: string;
  filename?: string;
  contentType?: string;
  size?: number;
}

export interface MessageReply {
  id: number;
  mailbox: string;
  from?: AddressReply;
  replyTo?: AddressReply[];
  to?: AddressReply[];
  cc?: AddressReply[];
  bcc?: AddressReply[];
  subject?: string;
  messageId?: string;
  date?: string | null;
  idate?: string | null;
  size: number;
  seen: boolean;
  flagged: boolean;
  draft: boolean;
  answered?: boolean;
  forwarded?: boolean;
  html?: string[];
  text?: string;
  attachments?: AttachmentReply[];
  references?: string[];
  list?: { id?: { name?: string; address?: string }; unsubscribe?: { address?: string }[] };
  encrypted?: boolean;
  metaData?: unknown;
  files?: FileReply[];
  reference?: { action?: string; mailbox?: string; id?: number } | false;
  envelope?: { from?: string; rcpt?: { value?: string }[] };
}

/** Maps one message of the REST API. */
export function toMessage(reply: MessageReply): Message {
  return {
    uid: reply.id,
    mailboxId: reply.mailbox,
    from: addresses(reply.from ? [reply.from] : [])[0],
    replyTo: addresses(reply.replyTo),
    to: addresses(reply.to),
    cc: addresses(reply.cc),
    bcc: addresses(reply.bcc),
    subject: reply.subject ?? '',
    messageId: reply.messageId ?? '',
    date: toDate(reply.date),
    receivedAt: toDate(reply.idate),
    sizeBytes: reply.size,
    seen: reply.seen,
    flagged: reply.flagged,
    draft: reply.draft,
    answered: reply.answered === true,
    forwarded: reply.forwarded === true,
    html: reply.html ?? [],
    text: reply.text ?? '',
    attachments: (reply.attachments ?? []).map(toAttachment),
    references: reply.references ?? [],
    list: reply.list && {
      id: reply.list.id?.address,
      unsubscribe: (reply.list.unsubscribe ?? []).flatMap((entry) => (entry.address ? [entry.address] : [])),
    },
    encrypted: reply.encrypted === true,
    metaData: typeof reply.metaData === 'object' && reply.metaData !== null ? (reply.metaData as Record<string, unknown>) : {},
    files: (reply.files ?? []).map((file) => ({
      id: file.id,
      filename: file.filename ?? '',
      contentType: file.contentType ?? 'application/octet-stream',
      sizeBytes: file.size ?? 0,
    })),
    reference: toReference(reply.reference),
    envelope: {
      from: reply.envelope?.from ?? '',
      recipients: (reply.envelope?.rcpt ?? []).flatMap((rcpt) => (rcpt.value ? [rcpt.value] : [])),
    },
  };
}

/** Address groups flattened to their members; entries without an address dropped. */
function addresses(list: (AddressReply & { group?: AddressReply[] })[] | undefined): Address[] {
  return (list ?? []).flatMap((entry): Address[] => {
    if (entry.group) return addresses(entry.group);
    if (!entry.address) return [];
    return [{ address: entry.address, ...(entry.name && { name: entry.name }) }];
  });
}

function toAttachment(reply: AttachmentReply): Message['attachments'][number] {
  return {
    id: reply.id,
    filename: reply.filename ?? '',
    contentType: reply.contentType ?? 'application/octet-stream',
    disposition: reply.disposition || undefined,
    contentId: reply.cid?.replace(/^<|>$/g, '') || undefined,
    related: reply.related === true,
    sizeBytes: reply.size ?? (reply.sizeKb ?? 0) * 1024,
  };
}

function toReference(reply: MessageReply['reference']): Message['reference'] {
  if (!reply || !reply.mailbox || reply.id === undefined) return undefined;
  const { action } = reply;
  if (action !== 'reply' && action !== 'replyAll' && action !== 'forward') return undefined;
  return { action, mailboxId: reply.mailbox, uid: reply.id };
}

function toDate(text: string | null | undefined): Date | undefined {
  if (!text) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
