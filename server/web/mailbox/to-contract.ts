// From the index's rows to the contract's. Pure mapping; nothing is looked up here.
import type * as index from '../../mailbox/types.ts';
import type { ConversationRow, Folder } from '../contract/mailbox.ts';
import type { EmailHead } from '../contract/message.ts';
import type { MailAddress } from '../contract/shapes.ts';
import { emailIdOf } from '../message/email-id.ts';

/** The account's own addresses, lower case. */
export type OwnAddresses = ReadonlySet<string>;

export function toFolder(folder: index.Folder): Folder {
  return {
    id: folder.id,
    name: folder.name,
    path: folder.path,
    parentId: folder.parentId,
    specialUse: folder.specialUse,
    unread: folder.unreadConversations,
    total: folder.conversations,
  };
}

export function toConversationRow(row: index.ConversationRow, own: OwnAddresses): ConversationRow {
  const person = (one: index.Person) => ({ ...one, self: own.has(one.address.toLowerCase()) });
  return {
    id: row.conversationId,
    folderId: row.folderId,
    subject: row.subject,
    snippet: row.snippet,
    participants: row.participants.map(person),
    recipients: row.recipients.map(person),
    messageCount: row.messageCount,
    unreadCount: row.unreadCount,
    starred: row.starred,
    hasAttachments: row.hasAttachment,
    hasDraft: row.hasDraft,
    answered: row.answered,
    labels: row.labels,
    latestAt: row.latestAt.toISOString(),
    latestEmailId: emailIdOf(row.latest),
  };
}

export function toEmailHead(row: index.MessageRow, own: OwnAddresses): EmailHead {
  const from: MailAddress | null = row.from.address === '' && row.from.name === '' ? null : row.from;
  return {
    id: emailIdOf(row),
    conversationId: row.conversationId,
    folderId: row.folderId,
    folderName: row.folderPath.slice(row.folderPath.lastIndexOf('/') + 1),
    folderUse: row.folderUse,
    from,
    replyTo: row.replyTo,
    to: row.to,
    cc: row.cc,
    bcc: row.bcc,
    subject: row.subject,
    snippet: row.snippet,
    date: row.receivedAt.toISOString(),
    sentAt: row.sentAt.toISOString(),
    sizeBytes: row.sizeBytes,
    unread: row.unread,
    starred: row.starred,
    answered: row.answered,
    forwarded: row.forwarded,
    draft: row.draft,
    hasAttachments: row.hasAttachment,
    labels: row.labels,
    outgoing: from !== null && own.has(from.address.toLowerCase()),
  };
}
