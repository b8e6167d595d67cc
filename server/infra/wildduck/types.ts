// The shapes that Eider uses of WildDuck's REST API. Ids are 24 hex digits; a message's id is its IMAP UID.

export interface Address {
  name?: string;
  address: string;
}

/** What an account's password may be used for. */
export type AuthScope = 'master' | 'imap' | 'smtp' | 'pop3';

export interface AuthenticateInput {
  /** User name or any address of the account. */
  username: string;
  password: string;
  scope: AuthScope;
  /** Where the attempt came from; kept in the login history. */
  ip?: string;
  /** Shown in the login history, e.g. `web`, `SMTP`. */
  protocol?: string;
  sessionId?: string;
}

export type AuthenticateOutcome =
  | {
      kind: 'authenticated';
      userId: string;
      username: string;
      address: string;
      /** Second factors that must still be shown (`totp`, `webauthn`); empty when none. */
      secondFactors: string[];
      requirePasswordChange: boolean;
    }
  /** A disabled account answers `credentials` too: WildDuck does not tell. */
  | { kind: 'denied'; userId: string | undefined; reason: 'credentials' | 'scope' }
  | { kind: 'rate-limited'; retryAfterMs: number | undefined };

export interface CreateUserInput {
  username: string;
  password: string;
  address: string;
  name?: string;
  /** Bytes; 0 or unset for no limit. */
  quotaBytes?: number;
  language?: string;
  /** Names of the special mailboxes, where WildDuck's defaults (Sent Mail, Trash, Junk, Drafts) do not suit. */
  mailboxes?: { sent?: string; trash?: string; junk?: string; drafts?: string };
  tags?: string[];
}

export type CreateUserOutcome =
  | { kind: 'created'; userId: string }
  /** User name or address is taken. */
  | { kind: 'exists'; storeCode: string | undefined };

export interface User {
  id: string;
  username: string;
  name: string;
  address: string;
  /** `totp`, `webauthn`. */
  enabled2fa: string[];
  disabled: boolean;
  suspended: boolean;
  quota: { allowedBytes: number; usedBytes: number };
  tags: string[];
  fromWhitelist: string[];
}

export type ResolvedAddress =
  | { kind: 'user'; addressId: string; address: string; userId: string }
  | { kind: 'forward'; addressId: string; address: string; targets: string[] };

export interface UserAddress {
  id: string;
  address: string;
  name: string;
  /** The default one of the account. */
  main: boolean;
}

export interface Mailbox {
  id: string;
  name: string;
  path: string;
  /** `\Sent`, `\Trash`, `\Junk`, `\Drafts`, `\Archive`; undefined for INBOX and ordinary ones. */
  specialUse: string | undefined;
  subscribed: boolean;
  hidden: boolean;
  modifyIndex: number;
}

export interface MessageAttachment {
  /** `ATT00001`, stable within the message. */
  id: string;
  filename: string;
  contentType: string;
  disposition: string | undefined;
  /** Content-ID without angle brackets. */
  contentId: string | undefined;
  /** Stands in a multipart/related: usually an embedded image. */
  related: boolean;
  sizeBytes: number;
}

export interface Message {
  /** IMAP UID. */
  uid: number;
  mailboxId: string;
  from: Address | undefined;
  replyTo: Address[];
  to: Address[];
  cc: Address[];
  bcc: Address[];
  subject: string;
  messageId: string;
  /** From the Date header; may be any date at all. */
  date: Date | undefined;
  receivedAt: Date | undefined;
  sizeBytes: number;
  seen: boolean;
  flagged: boolean;
  draft: boolean;
  answered: boolean;
  forwarded: boolean;
  /** One entry per HTML part; `attachment:ATT…` stands for cid links. At most 640 KiB in all. */
  html: string[];
  /** At most 100 KiB. */
  text: string;
  attachments: MessageAttachment[];
  references: string[];
  list: { id: string | undefined; unsubscribe: string[] } | undefined;
  encrypted: boolean;
  /** Set through uploadMessage's or updateMessages' metaData. */
  metaData: Record<string, unknown>;
  /** Uploaded files that belong to a draft. */
  files: { id: string; filename: string; contentType: string; sizeBytes: number }[];
  reference: { action: 'reply' | 'replyAll' | 'forward'; mailboxId: string; uid: number } | undefined;
  /** Envelope as it was received. */
  envelope: { from: string; recipients: string[] };
}

export interface UploadFlags {
  /** Arrival time; now unless told. */
  date?: Date;
  unseen?: boolean;
  flagged?: boolean;
  draft?: boolean;
  /** Kept with the message, readable through getMessage. */
  metaData?: Record<string, unknown>;
  /** A message that this one replaces: deleted once the new one is stored. */
  replacePrevious?: { mailboxId: string; uid: number };
}

export interface DraftFields {
  from?: Address;
  replyTo?: Address;
  to?: Address[];
  cc?: Address[];
  bcc?: Address[];
  subject?: string;
  text?: string;
  html?: string;
  headers?: { key: string; value: string }[];
  /** Files uploaded before, by id. */
  files?: string[];
  attachments?: { filename?: string; contentType?: string; contentId?: string; content: Buffer; inline?: boolean }[];
  reference?: { mailboxId: string; uid: number; action: 'reply' | 'replyAll' | 'forward'; attachments?: boolean };
}

export interface UploadOutcome {
  uid: number;
  mailboxId: string;
  sizeBytes: number;
  /** Whether `replacePrevious` was deleted; undefined when none was asked. */
  previousDeleted: boolean | undefined;
}

export interface MessageChanges {
  seen?: boolean;
  flagged?: boolean;
  draft?: boolean;
  deleted?: boolean;
  moveTo?: string;
  metaData?: Record<string, unknown>;
  /** A date after which WildDuck deletes the message, or false for never. */
  expires?: Date | false;
}

export interface UpdateOutcome {
  /** How many messages were changed (0 when none matched). */
  updated: number;
  /** For a move: each old UID with the one in the target mailbox. */
  moved: { from: number; to: number }[];
}
