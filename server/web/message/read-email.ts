// GET /api/emails/{id} and /api/conversations/{id}: heads from the index, contents from the mail store.
import { domainOf } from '../../mail/address.ts';
import { getConversation, isUuid } from '../../mailbox/conversation.store.ts';
import { remindersOf } from '../../mailbox/reminder.store.ts';
import { isMuted } from '../../mailbox/snooze.store.ts';
import type { MessageRow } from '../../mailbox/types.ts';
import { AppError } from '../api/app-error.ts';
import { correspondentsOf } from '../contacts/kept-correspondents.ts';
import type { Conversation, Email, EmailContent } from '../contract/message.ts';
import { ownAddresses } from '../mailbox/list-mail.ts';
import { toEmailHead, type OwnAddresses } from '../mailbox/to-contract.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/session.store.ts';
import { readSettings, trustedAmong } from '../settings/settings.store.ts';
import { sanitisedBody } from './body.ts';
import { toEmailContent } from './email-content.ts';
import { emailIdOf, type EmailPlace } from './email-id.ts';
import { requireRow } from './open-message.ts';
import { readContent } from './read-content.ts';

/** How many messages of a conversation come with their content at once. */
const OPENED_AT_ONCE = 5;

/** @throws AppError not_found */
export async function readEmail(services: Services, session: Session, place: EmailPlace): Promise<Email> {
  const row = await requireRow(services, session, place);
  const own = await ownAddresses(services, session);
  const [content] = await contentsOf(services, session, [row], own);
  if (!content) throw new AppError('gone', { text: 'This message was moved or deleted in another program.' });
  return { ...toEmailHead(row, own), content };
}

/**
 * A conversation with the contents of what a reader sees opened: unread messages and the newest, five at most.
 * A mail store that is slow or away costs the contents, not the conversation.
 * @throws AppError not_found
 */
export async function readConversation(services: Services, session: Session, id: string, folderId?: string): Promise<Conversation> {
  const [detail, own, muted] = await Promise.all([
    getConversation(services.pool, { accountId: session.accountId, conversationId: id, folderId }),
    ownAddresses(services, session),
    isUuid(id) && isMuted(services.pool, session.accountId, id),
  ]);
  if (!detail) throw new AppError('not_found');
  const opened = openedMessages(detail.messages);
  const contents = await contentsOf(services, session, opened, own).catch((error: unknown) => {
    services.log.warn({ err: (error as Error).message }, 'a conversation is shown without contents');
    return [];
  });
  const reminder = (await remindersOf(services.pool, session.accountId, [detail.conversationId], own)).get(detail.conversationId);
  const byId = new Map(opened.map((row, index) => [emailIdOf(row), contents[index] ?? null]));
  return {
    id: detail.conversationId,
    subject: detail.subject,
    messages: detail.messages.map((row) => ({ ...toEmailHead(row, own), content: byId.get(emailIdOf(row)) ?? null })),
    omitted: detail.omitted,
    muted,
    reminder: reminder?.state === 'waiting' ? { remindAt: reminder.remindAt.toISOString() } : null,
  };
}

function openedMessages(messages: MessageRow[]): MessageRow[] {
  const newest = messages.at(-1);
  const unread = messages.filter((message) => message.unread && message !== newest);
  return [...unread.slice(-(OPENED_AT_ONCE - 1)), ...(newest ? [newest] : [])];
}

/** Contents in the order of `rows`; null where the mail store no longer has the message. */
async function contentsOf(services: Services, session: Session, rows: MessageRow[], own: OwnAddresses): Promise<(EmailContent | null)[]> {
  const [settings, trusted, { known }, stored] = await Promise.all([
    readSettings(services.pool, session.accountId),
    trustedAmong(services.pool, session.accountId, rows.map((row) => row.from.address)),
    correspondentsOf(services, session.accountId),
    Promise.all(rows.map((row) => readContent(services, session.wildduckUserId, row))),
  ]);
  return rows.map((row, index) => {
    const content = stored[index];
    if (!content) return null;
    // The reader's page asks for the body next: begin now.
    if (content.html !== '') void sanitisedBody(services, session, row, content);
    return toEmailContent(content, {
      emailId: emailIdOf(row),
      from: row.from,
      replyTo: row.replyTo,
      settings,
      trusted: trusted.has(row.from.address.toLowerCase()),
      inJunk: row.folderUse === 'junk',
      outgoing: row.folderUse === 'sent' || row.folderUse === 'drafts',
      authservId: services.config.hostname,
      known,
      date: row.receivedAt,
      ownDomains: [...own].map((address) => domainOf(address)),
    });
  });
}
