// The whole demo mailbox of alice@eider.test, some hundred letters in the order of their dates. Pure: what is
// made depends on `now` alone; fill.ts stores it.
import type { Letter } from './letter.ts';
import { stableMessageId } from './letter.ts';
import { PEOPLE } from './people.ts';
import { invitationLetters } from './series/invitations.ts';
import { junkLetters } from './series/junk.ts';
import { newsletterLetters } from './series/newsletters.ts';
import { noticeLetters } from './series/notices.ts';
import { STORIES_ABROAD } from './stories/abroad.ts';
import { HOME_STORIES } from './stories/home.ts';
import { listLetters, storyLetters } from './stories/letters.ts';
import { LIST_THREADS } from './stories/mailing-list.ts';
import { STUDIO_STORIES } from './stories/studio.ts';

/** The mailbox reaches back about eight months. */
const DAYS = 240;

/** Every letter, oldest first, none of them later than `now`. */
export function demoMailbox(now: Date): Letter[] {
  const stories = [...STUDIO_STORIES, ...STORIES_ABROAD, ...HOME_STORIES].flatMap((story) => storyLetters(story, now));
  const lists = LIST_THREADS.flatMap((thread) => listLetters(thread, now));
  const letters = [
    ...stories,
    ...lists,
    ...newsletterLetters(now, DAYS),
    ...noticeLetters(now, DAYS),
    ...invitationLetters(now),
    ...junkLetters(now),
    unfinished(now),
  ];
  return letters.sort((a, b) => a.date.getTime() - b.date.getTime() || (a.messageId < b.messageId ? -1 : 1));
}

/** A draft that waits for its end. */
function unfinished(now: Date): Letter {
  return {
    folder: 'drafts',
    from: PEOPLE.alice,
    to: [PEOPLE.editor],
    subject: 'Re: An essay for the spring number?',
    text: 'Dear Oliver Finch,\n\nyes, gladly. I have been wanting to write about the car parks ever since the second one went. Could it be 2,200 words, if the last',
    date: new Date(now.getTime() - 2 * 3_600_000),
    messageId: stableMessageId(PEOPLE.alice, 'draft', 'essay'),
  };
}
