// Marks a message as answered or forwarded, where every IMAP client sees it.
import { getMessageRow } from '../../mailbox/conversation.store.ts';
import type { ReplyMode } from '../contract/compose.ts';
import type { EmailPlace } from '../message/email-id.ts';
import type { Services } from '../services.ts';

/** The index follows from the mail store's journal. A message that is gone is passed over. */
export async function markReplied(
  services: Services,
  account: { accountId: string; wildduckUserId: string; address: string },
  place: EmailPlace,
  mode: ReplyMode,
): Promise<void> {
  const row = await getMessageRow(services.pool, account.accountId, place);
  if (!row) return;
  await services.flags.addFlags(account, { folderPath: row.folderPath, uid: row.uid }, mode === 'forward' ? ['$Forwarded'] : ['\\Answered']);
}
