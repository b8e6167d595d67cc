// Takes large messages in a thread of its own. Owns the thread's side of the conversation; large-messages.ts
// starts it, gives it work and ends it.
import { readFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { loadConfig } from '../../server/config.ts';
import { logger } from '../../server/infra/log/logger.ts';
import { ReplyError } from '../smtp/reply-error.ts';
import type { LargeMessage, LargeMessageResult } from './large-messages.ts';
import type { Delivery } from './mailbox-store.ts';
import { assembleMessageDeps, type AssembledDeps } from './message-deps.ts';
import { createTakeMessage } from './take-message.ts';

const port = parentPort!;
const log = logger('inbound');
const ready = assembleMessageDeps(loadConfig(), log, 'inbound-large').then((deps) => ({ deps, take: createTakeMessage(deps) }));

port.on('message', (job: LargeMessage) => {
  takeLarge(job).then((result) => port.postMessage(result), (error: Error) => port.postMessage({ id: job.id, fault: error.message }));
});

async function takeLarge(job: LargeMessage): Promise<LargeMessageResult> {
  const { deps, take } = await ready;
  try {
    const taken = await take({
      ...job.message,
      deliveries: await findAgain(deps, job),
      content: { bytes: job.bytes, path: job.path, read: () => readFile(job.path), discard: async () => {} },
    });
    return { id: job.id, taken };
  } catch (error) {
    if (error instanceof ReplyError) return { id: job.id, refused: { code: error.responseCode, text: error.message } };
    throw error;
  }
}

/** The mailboxes once more, by user: what the main thread found does not survive the way between threads. */
async function findAgain(deps: AssembledDeps, job: LargeMessage): Promise<Delivery[]> {
  return Promise.all(
    job.recipients.map(async ({ userId, recipient }) => {
      const mailbox = await deps.store.find(userId);
      if (!mailbox) throw new ReplyError(451, '4.2.1 A mailbox has disappeared meanwhile, try again');
      return { mailbox, recipient };
    }),
  );
}
