// The mailbox index's own words: what goes in (content, item states) and what lists and readers get out.
import type { Terms } from './search-terms.ts';

export interface Person {
  name: string;
  address: string;
}

/** What changes about a message within one mailbox. */
export interface ItemState {
  folderId: string;
  uid: number;
  messageKey: string;
  receivedAt: Date;
  modseq: number;
  unread: boolean;
  starred: boolean;
  draft: boolean;
  answered: boolean;
  forwarded: boolean;
  deleted: boolean;
  labels: string[];
}

/** What never changes about a message, once per message however many mailboxes hold it. */
export interface MessageContent {
  messageKey: string;
  internetId: string;
  references: string[];
  subject: string;
  from: Person;
  replyTo: Person[];
  to: Person[];
  cc: Person[];
  bcc: Person[];
  listId: string | null;
  snippet: string;
  sizeBytes: number;
  hasAttachment: boolean;
  sentAt: Date;
  receivedAt: Date;
  terms: Terms;
}

export type SpecialUse = 'inbox' | 'snoozed' | 'drafts' | 'sent' | 'archive' | 'junk' | 'trash';

export interface Folder {
  /** The mail store's mailbox id. */
  id: string;
  /** Parts joined by `/`. */
  path: string;
  /** The last part. */
  name: string;
  /** The folder whose path is this one's without the last part, when there is one. */
  parentId: string | null;
  specialUse: SpecialUse | null;
  subscribed: boolean;
  messages: number;
  unreadMessages: number;
  conversations: number;
  unreadConversations: number;
}

export interface Label {
  /** The IMAP keyword. */
  name: string;
  /** To be given to listConversations as folder. */
  viewId: string;
  conversations: number;
  unreadConversations: number;
}

/** A message's place: which mailbox, which UID. */
export interface ItemPlace {
  folderId: string;
  uid: number;
}

/** One row of a list: a conversation as seen from one folder or view. */
export interface ConversationRow {
  conversationId: string;
  /** The folder or view that was listed. */
  folderId: string;
  /** Of the newest message in this folder; what the list is ordered by. */
  latestAt: Date;
  latest: ItemPlace;
  subject: string;
  snippet: string;
  /** Senders, oldest first, without repeats, at most six. */
  participants: Person[];
  /** Recipients of the newest message, at most three: what a list of sent mail shows. */
  recipients: Person[];
  /** In all folders but Junk and Trash; listed from those, in that folder only. */
  messageCount: number;
  /** Messages in this folder, and unread ones among them. */
  folderMessages: number;
  unreadCount: number;
  starred: boolean;
  hasAttachment: boolean;
  hasDraft: boolean;
  answered: boolean;
  labels: string[];
}

/** A message within its conversation. */
export interface MessageRow extends ItemPlace {
  messageKey: string;
  conversationId: string;
  folderPath: string;
  folderUse: SpecialUse | null;
  /** Message-ID without angle brackets. */
  internetId: string;
  subject: string;
  from: Person;
  replyTo: Person[];
  to: Person[];
  cc: Person[];
  bcc: Person[];
  listId: string | null;
  snippet: string;
  sizeBytes: number;
  hasAttachment: boolean;
  sentAt: Date;
  receivedAt: Date;
  unread: boolean;
  starred: boolean;
  draft: boolean;
  answered: boolean;
  forwarded: boolean;
  labels: string[];
}

export interface ConversationDetail {
  conversationId: string;
  subject: string;
  /** Oldest first; each message once, where it is most at home (see conversation.store.ts). */
  messages: MessageRow[];
  /** How many older messages were left out. */
  omitted: number;
}

/** Names of the views that are not folders. */
export const STARRED_VIEW = 'starred';
export const labelView = (name: string): string => `label:${name}`;
