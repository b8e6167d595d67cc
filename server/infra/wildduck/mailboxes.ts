// Mailboxes (IMAP folders) over WildDuck's REST API.
import { WildduckError } from './errors.ts';
import { path, type Transport } from './transport.ts';
import type { Mailbox } from './types.ts';

interface MailboxReply {
  id: string;
  name: string;
  path: string;
  specialUse?: string | null | false;
  subscribed?: boolean;
  hidden?: boolean;
  modifyIndex?: number;
}

/** All mailboxes of an account, INBOX first. Without counters: those are the mailbox index's. */
export async function listMailboxes(transport: Transport, userId: string): Promise<Mailbox[]> {
  const reply = await transport.json<{ results: MailboxReply[] }>('GET', path(['users', userId, 'mailboxes']), {
    query: { showHidden: true },
  });
  return reply.results.map((row) => ({
    id: row.id,
    name: row.name,
    path: row.path,
    specialUse: row.specialUse || undefined,
    subscribed: row.subscribed !== false,
    hidden: row.hidden === true,
    modifyIndex: row.modifyIndex ?? 0,
  }));
}

export type MailboxOutcome = { kind: 'done'; mailboxId: string } | { kind: 'exists' } | { kind: 'refused'; reason: string };

/**
 * Creates a mailbox and subscribes to it (clients such as Thunderbird show subscribed ones only).
 * @param mailboxPath parts joined by `/`; parents need not exist
 */
export function createMailbox(transport: Transport, userId: string, mailboxPath: string): Promise<MailboxOutcome> {
  return outcome(async () => {
    const reply = await transport.json<{ id: string }>('POST', path(['users', userId, 'mailboxes']), {
      json: { path: mailboxPath },
    });
    return reply.id;
  });
}

/**
 * Renames (moves) one mailbox, or changes its subscription. Children keep their paths: WildDuck's RENAME
 * leaves them, so a caller that moves a tree renames each.
 */
export function updateMailbox(
  transport: Transport,
  userId: string,
  mailboxId: string,
  changes: { path?: string; subscribed?: boolean },
): Promise<MailboxOutcome> {
  return outcome(async () => {
    await transport.json('PUT', path(['users', userId, 'mailboxes', mailboxId]), { json: changes });
    return mailboxId;
  });
}

/** Deletes a mailbox with its messages. INBOX and special ones are refused; one that is gone is an error `not-found`. */
export function deleteMailbox(transport: Transport, userId: string, mailboxId: string): Promise<MailboxOutcome> {
  return outcome(async () => {
    await transport.json('DELETE', path(['users', userId, 'mailboxes', mailboxId]));
    return mailboxId;
  });
}

async function outcome(work: () => Promise<string>): Promise<MailboxOutcome> {
  try {
    return { kind: 'done', mailboxId: await work() };
  } catch (error) {
    if (!(error instanceof WildduckError)) throw error;
    if (error.code === 'conflict') return { kind: 'exists' };
    if (error.code === 'invalid') return { kind: 'refused', reason: error.message };
    throw error;
  }
}
