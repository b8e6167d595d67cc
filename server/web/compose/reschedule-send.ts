// Another time for a message that waits, now among them.
import { randomUUID } from 'node:crypto';
import type { SendResult } from '../contract/compose.ts';
import type { Services } from '../services.ts';
import type { DraftOwner } from './draft-copy.ts';
import { copySoon } from './drafts.ts';
import { takeBackSend } from './held-sends.ts';
import { sendMessage } from './send.ts';

/**
 * Takes it back and sends it anew, since its date stands in its header. Whatever strikes in between leaves the draft.
 * @param sendAt null: at once
 * @throws AppError as taking back and sending do; after a refusal it is a draft
 */
export async function rescheduleSend(services: Services, owner: DraftOwner, id: string, sendAt: Date | null): Promise<SendResult> {
  const draft = await takeBackSend(services, owner, id, { copy: false });
  try {
    const order = { ...draft.fields, draftId: draft.id, ...(sendAt ? { sendAt: sendAt.toISOString() } : {}) };
    return await sendMessage(services, owner, order, `again:${randomUUID()}`);
  } catch (error) {
    copySoon(services, owner, draft.id);
    throw error;
  }
}
