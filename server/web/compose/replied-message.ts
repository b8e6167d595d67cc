// The message that a draft answers or forwards: which it is, and the header fields that join the two.
import { getMessageRow } from '../../mailbox/conversation.store.ts';
import type { ComposeFieldsFull } from '../contract/compose.ts';
import type { AnsweredMessage } from '../mailbox/mark-replied.ts';
import { parseEmailId } from '../message/email-id.ts';
import { readContent } from '../message/read-content.ts';
import type { Services } from '../services.ts';

export interface RepliedMessage {
  /** For marking it once the answer is sent. */
  answered: AnsweredMessage;
  /** With angle brackets; null when the message has no usable Message-ID, or is forwarded. */
  inReplyTo: string | null;
  references: string[];
}

const MESSAGE_ID = /^[^\s<>@]+@[^\s<>]+$/;
/** RFC 5322 3.6.4 sets no limit; mail servers do. The first and the latest carry the thread. */
const MAX_REFERENCES = 30;

/** Null when nothing is answered, or the message has gone meanwhile: the answer is then a message of its own. */
export async function findReplied(
  services: Services,
  account: { accountId: string; wildduckUserId: string },
  fields: ComposeFieldsFull,
): Promise<RepliedMessage | null> {
  const place = fields.inReplyTo ? parseEmailId(fields.inReplyTo.emailId) : null;
  if (!fields.inReplyTo || !place) return null;
  const row = await getMessageRow(services.pool, account.accountId, place);
  const content = row ? await readContent(services, account.wildduckUserId, place) : null;
  if (!row || !content) return null;
  const own = row.internetId.replace(/^<|>$/g, '');
  const { mode } = fields.inReplyTo;
  const answered = { conversationId: row.conversationId, messageKey: row.messageKey, mode };
  if (mode === 'forward' || !MESSAGE_ID.test(own)) return { answered, inReplyTo: null, references: [] };
  const earlier = content.references.map((id) => id.replace(/^<|>$/g, '')).filter((id) => MESSAGE_ID.test(id) && id !== own);
  const chain = [...earlier, own];
  const kept = chain.length <= MAX_REFERENCES ? chain : [chain[0]!, ...chain.slice(-(MAX_REFERENCES - 1))];
  return { answered, inReplyTo: `<${own}>`, references: kept.map((id) => `<${id}>`) };
}
