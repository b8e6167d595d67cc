// Marks a message as answered or forwarded, where every IMAP client sees it.
import { setTimeout } from 'node:timers/promises';
import { getConversation } from '../../mailbox/conversation.store.ts';
import type { ReplyMode } from '../contract/compose.ts';
import type { Services } from '../services.ts';

/** The message answered: by its content, because "send and archive" moves it while it is being marked. */
export interface AnsweredMessage {
  conversationId: string;
  messageKey: string;
  mode: ReplyMode;
}

/**
 * A move takes the flags that the message had when it began, and shows in the index when it has ended. So the message is
 * looked for again until it has stayed where it was marked for this long.
 */
const SETTLE_MS = 1_500;
const TRIES = 6;

/** The index follows from the mail store's journal. A message that is gone, or lies in Junk or Trash, is passed over. */
export async function markReplied(
  services: Services,
  account: { accountId: string; wildduckUserId: string },
  answered: AnsweredMessage,
): Promise<void> {
  const find = async () => {
    const conversation = await getConversation(services.pool, { accountId: account.accountId, conversationId: answered.conversationId });
    return conversation?.messages.find((message) => message.messageKey === answered.messageKey);
  };
  const flags = answered.mode === 'forward' ? ['$Forwarded'] : ['\\Answered'];
  let row = await find();
  for (let n = 0; row && n < TRIES; n += 1) {
    await services.flags.changeFlags({ userId: account.wildduckUserId, mailboxId: row.folderId }, [row.uid], { add: flags });
    await setTimeout(SETTLE_MS);
    const now = await find();
    const marked = answered.mode === 'forward' ? now?.forwarded : now?.answered;
    if (marked && now?.folderId === row.folderId && now.uid === row.uid) return;
    row = now;
  }
}
