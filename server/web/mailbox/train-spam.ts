// "Spam" and "not spam" teach rspamd, where one is there. The message is read where it was put: if it is no longer there
// when the lesson is due, the judgement was taken back, and nothing is learnt.
import { WildduckError } from '../../infra/wildduck/errors.ts';
import type { ActionResult } from '../contract/mailbox.ts';
import { parseEmailId } from '../message/email-id.ts';
import type { Services } from '../services.ts';
import type { Actor } from './act-steps.ts';
import { claimLessons, dropHopelessLessons, dropLesson, noteLessons, type SpamLesson } from './spam-lesson.store.ts';

const BATCH = 20;
/** Words of larger messages tell nothing more, and rspamd refuses what is too large. */
const LARGEST_BYTES = 4 * 1024 * 1024;

/** Notes what a move to or from Spam says of its messages. @param undo the way back: it names where they are now */
export async function noteJudgement(services: Services, session: Actor, spam: boolean, undo: ActionResult['undo']): Promise<void> {
  if (!services.spamLearner) return;
  const places = (undo ?? []).flatMap((step) => step.emailIds ?? []).flatMap((id) => parseEmailId(id) ?? []);
  if (places.length > 0) await noteLessons(services.pool, session.accountId, spam, places);
}

/** Teaches what is due. */
export async function teachSpam(services: Services): Promise<void> {
  if (!services.spamLearner) return;
  await dropHopelessLessons(services.pool);
  for (let lessons = await claimLessons(services.pool, BATCH); lessons.length > 0; lessons = await claimLessons(services.pool, BATCH)) {
    for (const lesson of lessons) {
      // No answer: the others would have none either. They are due again in a minute.
      if ((await teach(services, lesson)) === 'unavailable') return;
      await dropLesson(services.pool, lesson);
    }
  }
}

async function teach(services: Services, lesson: SpamLesson): Promise<'done' | 'unavailable'> {
  try {
    const source = await services.wildduck.getSource({ userId: lesson.wildduckUserId, mailboxId: lesson.folderId, uid: lesson.uid });
    if (!source) return 'done';
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of source) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size > LARGEST_BYTES) {
        source.destroy();
        return 'done';
      }
    }
    const outcome = await services.spamLearner!.learn(Buffer.concat(chunks), lesson.spam ? 'spam' : 'ham');
    services.log.debug({ account: lesson.accountId, spam: lesson.spam, outcome }, 'spam lesson');
    return outcome === 'unavailable' ? 'unavailable' : 'done';
  } catch (error) {
    if (error instanceof WildduckError) return 'unavailable';
    throw error;
  }
}
